package import NIOCore
import Synchronization
package import WeirCache
package import WeirHTTP
import WeirRedis

/// An answer on its way into Redis.
private struct Parcel {
    var response: StoredResponse
    /// The fields of what it answers.
    var request: FieldSection
    var position: PurgePosition
    var token: UInt64
    var eventLoop: any EventLoop
    var unwritten: () -> Void
}

extension Tier {
    /// How often it is tried to write one where others change the selecting names meanwhile.
    private static let attempts = 3

    /// Writes an answer that has just been stored, and ends the lock under which it was fetched. Nobody waits for it.
    /// - Parameters:
    ///   - request: the fields of what it answers: what that could have in Redis so far gives way.
    ///   - place: taken when the upstream was asked.
    ///   - fill: the lock, where this sidecar has it.
    ///   - replaces: an older answer was stored, so that Redis may have that: it must not stay where this cannot be written.
    package func write(
        _ response: StoredResponse,
        answering request: FieldSection,
        place: FetchPlace,
        fill: Fill?,
        replaces: Bool = false,
        on eventLoop: any EventLoop
    ) {
        place.token.whenDrawn { [self] token in
            let held = fill?.handOver()
            let unwritten = { [self] in
                counts.add(.unwritten)
                remove(response.key, token: token, surely: replaces, on: eventLoop)
                if let held { release(response.key, token: held, on: eventLoop) }
            }
            guard let position = place.position, let token, client.isAvailable,
                response.largestBody <= settings.maxObject, TierValue.holds(response.selection.names)
            else { return unwritten() }
            let parcel = Parcel(
                response: response,
                request: request,
                position: position,
                token: token,
                eventLoop: eventLoop,
                unwritten: unwritten
            )
            // Where there is no `Vary` there are mostly no names; where there is, they are asked for before all its bytes
            // are sent.
            guard !response.selection.isEmpty else { return store(parcel, believing: ByteBuffer()) }
            client.send([RedisCommand("GET", [keys.selection(response.key)])], on: eventLoop) { [self] result in
                guard case .success(let replies) = result, case .bulk(let names)? = replies.first else {
                    return store(parcel, believing: ByteBuffer())
                }
                store(parcel, believing: names)
            }
        }
    }

    /// - Parameter names: what selects among several in Redis, as far as is known.
    private func store(_ parcel: Parcel, believing names: ByteBuffer, attempts: Int = Tier.attempts) {
        let response = parcel.response
        let now = NIODeadline.now()
        guard let kept = KeptTime.of(response, atMost: settings.maxLifetime, now: now) else {
            return parcel.unwritten()
        }
        let target = StoreTarget(response.selection, answering: parcel.request, believed: names)
        let milliseconds = kept.nanoseconds / 1_000_000
        let binding = TierValue.binding(name(response.key, target.variant), kept: milliseconds)
        let entry = coder.encode(response, note: parcel.position.bytes, boundTo: binding, now: now)
        let value = TierValue.entry(kept: milliseconds, entry).bytes
        let size = value.readableBytes
        let isRoom = pendingBytes.add(size, ordering: .relaxed).newValue <= settings.pending
        guard isRoom, size <= settings.maxObject else {
            pendingBytes.subtract(size, ordering: .relaxed)
            return parcel.unwritten()
        }
        client.run(
            TierScripts.store,
            keys: slots(of: response.key, target),
            arguments: arguments(parcel, target, kept: milliseconds, value),
            on: parcel.eventLoop
        ) { [self] result in
            pendingBytes.subtract(size, ordering: .relaxed)
            switch result {
            case .success(.integer(1)): counts.add(.written)
            case .success(.integer): counts.add(.outrun)
            case .success(.bulk(let names)) where attempts > 1:
                store(parcel, believing: names, attempts: attempts - 1)
            case .success, .failure: parcel.unwritten()
            }
        }
    }

    private func slots(of key: CacheKey, _ target: StoreTarget) -> [ByteBuffer] {
        let slots = [
            name(key, target.variant), keys.lock(key), keys.fence(key), keys.waiters(key), keys.selection(key),
            keys.entry(key),
        ]
        return slots + (target.chosen.map { [keys.variant(key, $0)] } ?? [])
    }

    private func arguments(
        _ parcel: Parcel,
        _ target: StoreTarget,
        kept milliseconds: Int64,
        _ value: ByteBuffer
    ) -> [ByteBuffer] {
        [
            ByteBuffer(string: String(parcel.token)), ByteBuffer(string: String(milliseconds)), value,
            ByteBuffer(string: keys.fillChannel),
            ByteBuffer(string: FillBoard.message(parcel.response.key, .stored)),
            ByteBuffer(string: Self.fenceLife.milliseconds),
            ByteBuffer(string: StoreTarget.field(target.variant)), ByteBuffer(string: target.turn),
            ByteBuffer(string: StoreTarget.field(target.chosen)), target.believed,
            target.begun.map { TierValue.selection($0).bytes } ?? ByteBuffer(),
        ]
    }

    /// What is in Redis in the place of an answer that is newer and has not been written; nor is anything written there
    /// that was asked for before. Which one of several it would have taken the place of is not asked: all of them go.
    /// - Parameters:
    ///   - token: of the newer one; nil where Redis gave it none.
    ///   - surely: where Redis does not say that it is gone its key is purged, which is told again until it is heard.
    private func remove(_ key: CacheKey, token: UInt64?, surely: Bool, on eventLoop: any EventLoop) {
        guard client.isAvailable else {
            if surely { purge(.key(key), softly: false) }
            return
        }
        let arguments = [token.map(String.init) ?? "", Self.fenceLife.milliseconds]
        client.run(
            TierScripts.remove,
            keys: [keys.entry(key), keys.selection(key), keys.fence(key)],
            arguments: arguments.map { ByteBuffer(string: $0) },
            on: eventLoop
        ) { [self] result in
            if case .success(.integer) = result { return }
            if surely { purge(.key(key), softly: false) }
        }
    }

    private func name(_ key: CacheKey, _ variant: CacheKey?) -> ByteBuffer {
        variant.map { keys.variant(key, $0) } ?? keys.entry(key)
    }
}
