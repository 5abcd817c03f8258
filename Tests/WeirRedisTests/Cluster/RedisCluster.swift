import NIOCore
import WeirTesting

@testable import WeirRedis

/// Three real servers on loopback that form a cluster: each has a third of the slots.
struct RedisCluster {
    let servers: [RedisServer]
    let ids: [String]

    static let arguments = [
        "--cluster-enabled", "yes", "--cluster-require-full-coverage", "no", "--cluster-node-timeout", "1000",
        "--repl-diskless-sync-delay", "0",
    ]

    /// What each server has at first.
    static let ranges = [0...5460, 5461...10922, 10923...16383]

    var endpoints: [RedisEndpoint] { servers.map { RedisEndpoint(host: "127.0.0.1", port: $0.port) } }

    var settings: RedisSettings {
        RedisSettings(place: .cluster([endpoints[0]]), connectTimeout: .seconds(5), timeout: .seconds(5))
    }

    func owner(of slot: Int) -> Int? { Self.ranges.firstIndex { $0.contains(slot) } }

    private init(_ servers: [RedisServer]) async throws {
        self.servers = servers
        var ids: [String] = []
        for (server, range) in zip(servers, Self.ranges) {
            ids.append(try await server.cli("CLUSTER", "MYID"))
            try await server.cli("CLUSTER", "ADDSLOTSRANGE", "\(range.lowerBound)", "\(range.upperBound)")
        }
        self.ids = ids
        for server in servers.dropFirst() {
            try await servers[0].cli("CLUSTER", "MEET", "127.0.0.1", "\(server.port)")
        }
        for server in servers { try await Self.settle(server) }
    }

    /// Waits until a server knows who has every slot.
    private static func settle(_ server: RedisServer) async throws {
        try await until("a cluster's agreement") {
            let info = try await server.cli("CLUSTER", "INFO")
            return info.contains("cluster_state:ok") && info.contains("cluster_slots_ok:16384")
        }
    }

    /// Waits for what gossip brings about, which tells nobody when it is done.
    static func until(_ what: String, _ condition: @escaping @Sendable () async throws -> Bool) async throws {
        try await withTimeLimit(.seconds(30), what) {
            while try await !condition() { try await Task.sleep(for: .milliseconds(20)) }
        }
    }

    /// Lets one more server copy what one of the three has.
    func add(_ replica: RedisServer, replicating index: Int) async throws {
        let id = ids[index]
        try await replica.cli("CLUSTER", "MEET", "127.0.0.1", "\(servers[index].port)")
        try await Self.settle(replica)
        try await replica.cli("CLUSTER", "REPLICATE", id)
        for server in servers {
            try await Self.until("everybody's knowing of the replica") {
                try await server.cli("CLUSTER", "REPLICAS", id).contains("slave")
            }
        }
    }

    /// Gives a slot, and all that is in it, to another server, and tells all of them.
    func move(_ slot: Int, to target: Int) async throws {
        guard let source = owner(of: slot) else { return }
        try await begin(moving: slot, from: source, to: target)
        for key in try await servers[source].cli("CLUSTER", "GETKEYSINSLOT", "\(slot)", "100").split(separator: "\n") {
            try await migrate(String(key), from: source, to: target)
        }
        for index in [target, source] + servers.indices.filter({ $0 != target && $0 != source }) {
            try await servers[index].cli("CLUSTER", "SETSLOT", "\(slot)", "NODE", ids[target])
        }
    }

    func begin(moving slot: Int, from source: Int, to target: Int) async throws {
        try await servers[target].cli("CLUSTER", "SETSLOT", "\(slot)", "IMPORTING", ids[source])
        try await servers[source].cli("CLUSTER", "SETSLOT", "\(slot)", "MIGRATING", ids[target])
    }

    func migrate(_ key: String, from source: Int, to target: Int) async throws {
        try await servers[source].cli("MIGRATE", "127.0.0.1", "\(servers[target].port)", key, "0", "5000")
    }

    /// Runs a test against a cluster, and ends that whatever happens.
    nonisolated(nonsending) static func run<Result>(
        _ body: nonisolated(nonsending) (RedisCluster) async throws -> Result
    ) async throws -> Result {
        try await withRedisServer(arguments) { first in
            try await withRedisServer(arguments) { second in
                try await withRedisServer(arguments) { third in
                    try await body(RedisCluster([first, second, third]))
                }
            }
        }
    }
}
