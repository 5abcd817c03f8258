import NIOCore
import WeirCache
import WeirHTTP
import WeirRedis

/// What stands in Redis under a key, for one request.
struct Looked {
    /// The answer that the request selects, if there is one that has not been purged.
    var response: StoredResponse?
    /// The token of who wrote last.
    var written: UInt64
}

extension Tier {
    /// - Parameter deadline: when Redis has had its time.
    func look(
        _ key: CacheKey,
        fields: FieldSection,
        until deadline: NIODeadline,
        on eventLoop: any EventLoop,
        _ completion: @escaping (Result<Looked, RedisError>) -> Void
    ) {
        let name = keys.entry(key)
        let written = RedisCommand("HGET", [keys.fence(key), ByteBuffer(string: "written")])
        send(Self.read(name) + [written], until: deadline, on: eventLoop) { [self] result in
            guard case .success(let replies) = result else { return completion(result.map { _ in Looked(written: 0) }) }
            let written = replies[2].number ?? 0
            guard case .bulk(let bytes) = replies[0] else { return completion(.success(Looked(written: written))) }
            switch TierValue(bytes) {
            case nil:
                counts.add(.unreadable)
                completion(.success(Looked(written: written)))
            case .entry(let kept, let entry)?:
                let response = open(entry, kept: kept, under: name, remaining: replies[1], key: key, fields: fields)
                completion(.success(Looked(response: response, written: written)))
            case .selection(let names)?:
                let variant = keys.variant(key, VariantKey.make(VarySelection.make(names: names, request: fields)))
                look(variant, key: key, fields: fields, written: written, until: deadline, on: eventLoop, completion)
            }
        }
    }

    /// One of several answers under a key.
    private func look(
        _ name: ByteBuffer,
        key: CacheKey,
        fields: FieldSection,
        written: UInt64,
        until deadline: NIODeadline,
        on eventLoop: any EventLoop,
        _ completion: @escaping (Result<Looked, RedisError>) -> Void
    ) {
        send(Self.read(name), until: deadline, on: eventLoop) { [self] result in
            completion(
                result.map { replies in
                    guard case .bulk(let bytes) = replies[0], case .entry(let kept, let entry)? = TierValue(bytes)
                    else { return Looked(written: written) }
                    let response = open(entry, kept: kept, under: name, remaining: replies[1], key: key, fields: fields)
                    return Looked(response: response, written: written)
                }
            )
        }
    }

    private static func read(_ name: ByteBuffer) -> [RedisCommand] {
        [RedisCommand("GET", [name]), RedisCommand("PTTL", [name])]
    }

    /// - Returns: nil for what cannot be used: unreadable, for other requests, or purged.
    private func open(
        _ entry: ByteBuffer,
        kept: Int64,
        under name: ByteBuffer,
        remaining: RedisReply,
        key: CacheKey,
        fields: FieldSection
    ) -> StoredResponse? {
        let now = NIODeadline.now()
        guard case .integer(let remaining) = remaining,
            case .success(let (response, note)) = coder.decode(
                entry,
                boundTo: TierValue.binding(name, kept: kept),
                elapsed: TierValue.elapsed(kept: kept, remaining: remaining),
                now: now
            ),
            let position = PurgePosition(note), response.key == key
        else {
            counts.add(.unreadable)
            return nil
        }
        guard response.selection.matches(fields) else { return nil }
        switch verdict(on: response, since: position) {
        case .untouched: return response
        case .softened: return response.softened(at: now)
        case .purged:
            counts.add(.purged)
            return nil
        }
    }

    /// Commands of one slot, with what is left of their time.
    func send(
        _ commands: [RedisCommand],
        until deadline: NIODeadline,
        on eventLoop: any EventLoop,
        _ completion: @escaping (Result<[RedisReply], RedisError>) -> Void
    ) {
        client.send(commands, timeout: left(until: deadline), on: eventLoop) { [counts] result in
            guard case .success(let replies) = result else {
                counts.add(.failed)
                return completion(result)
            }
            guard replies.count == commands.count, !replies.contains(where: { $0.errorKind != nil }) else {
                counts.add(.failed)
                return completion(.failure(.unavailable))
            }
            completion(result)
        }
    }

    /// The same for a script.
    func run(
        _ script: RedisScript,
        keys: [ByteBuffer],
        arguments: [String],
        until deadline: NIODeadline,
        on eventLoop: any EventLoop,
        _ completion: @escaping (Result<RedisReply, RedisError>) -> Void
    ) {
        let arguments = arguments.map { ByteBuffer(string: $0) }
        client.run(script, keys: keys, arguments: arguments, timeout: left(until: deadline), on: eventLoop) {
            [counts] result in
            if case .success(let reply) = result, reply.errorKind == nil { return completion(result) }
            counts.add(.failed)
            completion(result.flatMap { _ in .failure(.unavailable) })
        }
    }

    private func left(until deadline: NIODeadline) -> TimeAmount {
        let now = NIODeadline.now()
        return deadline > now ? min(deadline - now, settings.patience) : .nanoseconds(1)
    }
}
