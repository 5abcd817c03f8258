package import NIOCore
import Synchronization
package import WeirCache
import WeirHTTP
import WeirRedis

extension Tier {
    /// Writes an answer that has just been stored, and ends the lock under which it was fetched. Nobody waits for it.
    /// - Parameters:
    ///   - place: taken when the upstream was asked.
    ///   - fill: the lock, where this sidecar has it.
    ///   - replaces: an older answer was stored, so that Redis may have that: it must not stay where this cannot be written.
    package func write(
        _ response: StoredResponse,
        place: FetchPlace,
        fill: Fill?,
        replaces: Bool = false,
        on eventLoop: any EventLoop
    ) {
        place.token.whenDrawn { [self] token in
            write(response, position: place.position, token: token, fill: fill, on: eventLoop) { [self] in
                counts.add(.unwritten)
                remove(response, surely: replaces, on: eventLoop)
            }
        }
    }

    private func write(
        _ response: StoredResponse,
        position: PurgePosition?,
        token: UInt64?,
        fill: Fill?,
        on eventLoop: any EventLoop,
        unwritten: @escaping () -> Void
    ) {
        let now = NIODeadline.now()
        guard let position, let token, client.isAvailable, response.largestBody <= settings.maxObject,
            let kept = KeptTime.of(response, atMost: settings.maxLifetime, now: now)
        else {
            fill?.giveUp()
            return unwritten()
        }
        let key = response.key
        let names = response.selection.names
        let name = name(of: response)
        let milliseconds = kept.nanoseconds / 1_000_000
        let binding = TierValue.binding(name, kept: milliseconds)
        let entry = coder.encode(response, note: position.bytes, boundTo: binding, now: now)
        let value = TierValue.entry(kept: milliseconds, entry).bytes
        let size = value.readableBytes
        let isRoom = pendingBytes.add(size, ordering: .relaxed).newValue <= settings.pending
        guard isRoom, size <= settings.maxObject else {
            pendingBytes.subtract(size, ordering: .relaxed)
            fill?.giveUp()
            return unwritten()
        }
        let isLocked = fill?.handOver() != nil
        var slots = [name, keys.lock(key), keys.fence(key), keys.waiters(key)]
        var arguments = [
            ByteBuffer(string: String(token)), ByteBuffer(string: String(milliseconds)), value,
            ByteBuffer(string: keys.fillChannel), ByteBuffer(string: FillBoard.message(key, .stored)),
            ByteBuffer(string: Self.fenceLife.milliseconds), ByteBuffer(string: fenceField(of: response)),
        ]
        if !names.isEmpty {
            slots.append(keys.entry(key))
            arguments.append(TierValue.selection(names).bytes)
        }
        client.run(TierScripts.store, keys: slots, arguments: arguments, on: eventLoop) { [self] result in
            pendingBytes.subtract(size, ordering: .relaxed)
            switch result {
            case .success(.integer(1)): counts.add(.written)
            case .success(.integer): counts.add(.outrun)
            case .success, .failure:
                unwritten()
                if isLocked { release(key, token: token, on: eventLoop) }
            }
        }
    }

    /// What is in Redis in the place of an answer that is newer and has not been written.
    /// - Parameter surely: where Redis does not say that it is gone its key is purged, which is told again until it is heard.
    private func remove(_ newer: StoredResponse, surely: Bool, on eventLoop: any EventLoop) {
        let key = newer.key
        guard client.isAvailable else {
            if surely { purge(.key(key), softly: false) }
            return
        }
        client.send([RedisCommand("UNLINK", [name(of: newer)])], on: eventLoop) { [self] result in
            if case .success(let replies) = result, replies[0].errorKind == nil { return }
            if surely { purge(.key(key), softly: false) }
        }
    }

    /// Answers of one key that `Vary` tells apart do not outrun each other.
    private func fenceField(of response: StoredResponse) -> String {
        response.selection.names.isEmpty ? "e" : "e:\(VariantKey.make(response.selection))"
    }

    private func name(of response: StoredResponse) -> ByteBuffer {
        response.selection.names.isEmpty
            ? keys.entry(response.key) : keys.variant(response.key, VariantKey.make(response.selection))
    }
}
