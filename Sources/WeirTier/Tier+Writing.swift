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
    package func write(_ response: StoredResponse, place: FetchPlace, fill: Fill?, on eventLoop: any EventLoop) {
        place.token.whenDrawn { [self] in
            write(response, position: place.position, token: $0, fill: fill, on: eventLoop)
        }
    }

    private func write(
        _ response: StoredResponse,
        position: PurgePosition?,
        token: UInt64?,
        fill: Fill?,
        on eventLoop: any EventLoop
    ) {
        let now = NIODeadline.now()
        guard let position, let token, client.isAvailable, response.largestBody <= settings.maxObject,
            let kept = KeptTime.of(response, atMost: settings.maxLifetime, now: now)
        else {
            counts.add(.unwritten)
            fill?.giveUp()
            return remove(response, on: eventLoop)
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
            counts.add(.unwritten)
            fill?.giveUp()
            return remove(response, on: eventLoop)
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
                counts.add(.unwritten)
                remove(response, on: eventLoop)
                if isLocked { release(key, token: token, on: eventLoop) }
            }
        }
    }

    /// What is in Redis in the place of an answer that is newer and has not been written.
    private func remove(_ newer: StoredResponse, on eventLoop: any EventLoop) {
        guard client.isAvailable else { return }
        client.send([RedisCommand("UNLINK", [name(of: newer)])], on: eventLoop) { _ in }
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
