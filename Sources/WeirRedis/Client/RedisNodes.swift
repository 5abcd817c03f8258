import Synchronization

/// The servers that a client knows, for all event loops: one object each.
final class RedisNodes: Sendable {
    let availability = RedisAvailability()
    let complaints: RedisComplaints
    private let settings: RedisSettings
    private let nodes = Mutex<[RedisEndpoint: RedisNode]>([:])

    init(_ settings: RedisSettings, complaints: RedisComplaints) {
        self.settings = settings
        self.complaints = complaints
    }

    func node(_ endpoint: RedisEndpoint) -> RedisNode {
        nodes.withLock { nodes in
            if let node = nodes[endpoint] { return node }
            let node = RedisNode(endpoint, settings, availability)
            nodes[endpoint] = node
            return node
        }
    }

    /// For a connection that is not for commands: a node that nobody else is connected to does not become known by it.
    func dialer(_ endpoint: RedisEndpoint) -> RedisDialer {
        nodes.withLock { $0[endpoint]?.dialer } ?? RedisDialer(endpoint, settings)
    }

    /// Lets go of all others.
    func keep(_ endpoints: Set<RedisEndpoint>) {
        nodes.withLock { $0 = $0.filter { endpoints.contains($0.key) } }
    }

    /// Where to connect to for what any server can do: those that are connected to, then those of the settings.
    var endpoints: [RedisEndpoint] {
        switch settings.place {
        case .single(let endpoint): return [endpoint]
        case .cluster(let seeds):
            let up = all.filter(\.isConnected).map(\.endpoint)
            return up + seeds.filter { !up.contains($0) }
        }
    }

    var all: [RedisNode] { nodes.withLock { Array($0.values) } }
}
