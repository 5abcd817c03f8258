import Synchronization

/// The servers that a client knows, for all event loops: one object each.
final class RedisNodes: Sendable {
    let availability = RedisAvailability()
    private let settings: RedisSettings
    private let nodes = Mutex<[RedisEndpoint: RedisNode]>([:])

    init(_ settings: RedisSettings) { self.settings = settings }

    func node(_ endpoint: RedisEndpoint) -> RedisNode {
        nodes.withLock { nodes in
            if let node = nodes[endpoint] { return node }
            let node = RedisNode(endpoint, settings, availability)
            nodes[endpoint] = node
            return node
        }
    }

    /// Where any server that holds the data may be reached; at least one.
    var endpoints: [RedisEndpoint] {
        switch settings.place {
        case .single(let endpoint): [endpoint]
        case .cluster(let seeds): seeds
        }
    }

    var all: [RedisNode] { nodes.withLock { Array($0.values) } }
}
