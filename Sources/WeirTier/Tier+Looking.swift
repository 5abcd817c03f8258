import NIOCore
import WeirCache
import WeirHTTP
import WeirRedis

/// What stands in Redis under a key, for one request.
struct Looked {
    /// What of it comes first for the request, if there is anything that has not been purged.
    var response: StoredResponse?
    /// Whether that answers the request as it is.
    var isUsable = false
    /// The token of who wrote last.
    var written: UInt64
}

/// A value as Redis gave it, not looked into yet.
private struct Kept {
    var name: ByteBuffer
    /// To GET and PTTL.
    var replies: ArraySlice<RedisReply>
    var readAt: NIODeadline
}

extension Tier {
    /// An answer that `Vary` selects comes before one without, be it of use or not: that one was fetched for another request
    /// (RFC 9111 §4.1), or it would have taken the selected one's place.
    /// - Parameter deadline: when Redis has had its time.
    func look(
        _ request: Consultation.Request,
        until deadline: NIODeadline,
        on eventLoop: any EventLoop,
        _ completion: @escaping (Result<Looked, RedisError>) -> Void
    ) {
        let key = request.key
        let name = keys.entry(key)
        let further = [
            RedisCommand("GET", [keys.selection(key)]),
            RedisCommand("HGET", [keys.fence(key), ByteBuffer(string: "written")]),
        ]
        send(Self.read(name) + further, until: deadline, on: eventLoop) { [self] result in
            guard case .success(let replies) = result else { return completion(result.map { _ in Looked(written: 0) }) }
            let plain = Kept(name: name, replies: replies[0..<2], readAt: .now())
            let written = replies[3].number ?? 0
            guard let names = selectingNames(replies[2]) else {
                return completion(.success(looked(open(plain, for: request), for: request, written: written)))
            }
            let variant = keys.variant(key, names.variant(for: request.fields))
            send(Self.read(variant), until: deadline, on: eventLoop) { [self] result in
                completion(
                    result.map { replies in
                        let selected = Kept(name: variant, replies: replies[0..<2], readAt: .now())
                        let response = open(selected, for: request) ?? open(plain, for: request)
                        return looked(response, for: request, written: written)
                    }
                )
            }
        }
    }

    private func looked(_ response: StoredResponse?, for request: Consultation.Request, written: UInt64) -> Looked {
        Looked(response: response, isUsable: response.map(request.isUsable) ?? false, written: written)
    }

    /// - Returns: nil where there is but one answer.
    private func selectingNames(_ reply: RedisReply) -> SelectingNames? {
        guard case .bulk(let bytes) = reply else { return nil }
        if case .selection(let names)? = TierValue(bytes) { return names }
        counts.add(.unreadable)
        return nil
    }

    private static func read(_ name: ByteBuffer) -> [RedisCommand] {
        [RedisCommand("GET", [name]), RedisCommand("PTTL", [name])]
    }

    /// - Returns: nil for what cannot be used: not there, unreadable, for other requests, or purged.
    private func open(_ kept: Kept, for request: Consultation.Request) -> StoredResponse? {
        guard let value = kept.replies.first, case .bulk(let bytes) = value else { return nil }
        guard case .entry(let time, let entry)? = TierValue(bytes), case .integer(let remaining)? = kept.replies.last,
            case .success(let (response, note)) = coder.decode(
                entry,
                boundTo: TierValue.binding(kept.name, kept: time),
                elapsed: TierValue.elapsed(kept: time, remaining: remaining),
                now: kept.readAt
            ),
            let position = PurgePosition(note), response.key == request.key
        else {
            counts.add(.unreadable)
            return nil
        }
        guard response.selection.matches(request.fields) else { return nil }
        switch verdict(on: response, since: position) {
        case .untouched: return response
        case .softened: return response.softened(at: kept.readAt)
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
