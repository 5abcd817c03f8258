import NIOCore

/// Which node has which slots, as CLUSTER SLOTS tells it. Immutable: a change makes another one.
///
///     1) 1) (integer) 0        2) (integer) 5460
///        3) 1) "127.0.0.1"  2) (integer) 7000  3) "id…"      the master
///        4) 1) "127.0.0.1"  2) (integer) 7003  3) "id…"      a replica
final class SlotMap: Sendable {
    /// Nodes that have slots; by their index in `owners`.
    let masters: [RedisEndpoint]
    let replicas: Set<RedisEndpoint>
    /// By slot; -1 where nobody has it.
    private let owners: [Int16]

    /// - Parameters:
    ///   - reply: to CLUSTER SLOTS.
    ///   - asked: who gave it; its host is that of nodes that name none.
    /// - Returns: nil where the reply is none, or nobody has a slot.
    init?(_ reply: RedisReply, asked: RedisEndpoint) {
        guard case .array(let ranges) = reply else { return nil }
        var masters: [RedisEndpoint] = []
        var indices: [RedisEndpoint: Int16] = [:]
        var replicas: Set<RedisEndpoint> = []
        var owners = [Int16](repeating: -1, count: HashSlot.count)
        for range in ranges {
            guard case .array(let parts) = range, parts.count >= 3, case .integer(let first) = parts[0],
                case .integer(let last) = parts[1], 0 <= first, first <= last, last < HashSlot.count
            else { return nil }
            replicas.formUnion(parts[3...].compactMap { Self.endpoint($0, asked) })
            // A master whose address nobody knows yet.
            guard let master = Self.endpoint(parts[2], asked) else { continue }
            let index = indices[master] ?? Int16(masters.count)
            if indices.updateValue(index, forKey: master) == nil { masters.append(master) }
            for slot in Int(first)...Int(last) { owners[slot] = index }
        }
        guard !masters.isEmpty else { return nil }
        self.masters = masters
        self.replicas = replicas
        self.owners = owners
    }

    func master(of slot: HashSlot) -> RedisEndpoint? {
        let index = owners[slot.number]
        return index < 0 ? nil : masters[Int(index)]
    }

    private static func endpoint(_ reply: RedisReply, _ asked: RedisEndpoint) -> RedisEndpoint? {
        guard case .array(let parts) = reply, parts.count >= 2, case .integer(let port) = parts[1],
            (1...65_535).contains(port)
        else { return nil }
        switch parts[0] {
        case .null: return RedisEndpoint(host: asked.host, port: Int(port))
        case .bulk(let name):
            let host = String(buffer: name)
            // "?": a node that has not been told its name.
            guard host != "?" else { return nil }
            return RedisEndpoint(host: host.isEmpty ? asked.host : host, port: Int(port))
        case .status, .error, .integer, .array: return nil
        }
    }
}
