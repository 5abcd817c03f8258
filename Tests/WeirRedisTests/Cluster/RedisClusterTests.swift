import NIOCore
import Testing
import WeirTesting

@testable import WeirRedis

@Suite("A client of a cluster")
struct RedisClusterTests {
    /// Keys whose slots lie in each third: 12182, 5061 and 7638 by Redis' own documentation and CLUSTER KEYSLOT.
    private static let keys = ["foo", "bar", "baz", "hello", "a", "b", "c", "d", "user:{1000}:x", "user:{1000}:y"]

    @Test("finds every key's node from one seed, and computes slots as Redis does")
    func slots() async throws {
        try await RedisCluster.run { cluster in
            try await withClient(cluster.settings, threads: 2) { client in
                try await client.untilAllUp(cluster)
                for key in Self.keys {
                    #expect(try await client.ask("SET", key, "v:\(key)") == .status("OK"))
                    let slot = HashSlot(of: ByteBuffer(string: key)).number
                    #expect(try await cluster.servers[0].cli("CLUSTER", "KEYSLOT", key) == "\(slot)")
                    let owner = try #require(cluster.owner(of: slot))
                    #expect(try await cluster.servers[owner].cli("GET", key) == "v:\(key)")
                }
                #expect(try await client.ask([RedisCommand("PING", keyIndex: nil)]) == [.status("PONG")])
                #expect(client.snapshot().redirections == 0)
                #expect(Set(client.snapshot().nodes.map(\.endpoint)) == Set(cluster.endpoints))
            }
        }
    }

    @Test("follows a slot that has moved, and then goes there by itself")
    func moved() async throws {
        try await RedisCluster.run { cluster in
            try await withClient(cluster.settings) { client in
                try await client.untilAllUp(cluster)
                let slot = HashSlot(of: ByteBuffer(string: "foo")).number
                #expect(slot == 12182)
                #expect(try await client.ask("SET", "foo", "1") == .status("OK"))
                try await cluster.move(slot, to: 0)
                #expect(
                    try await client.ask([RedisCommand("INCR", ["foo"]), RedisCommand("INCR", ["foo"])])
                        == [.integer(2), .integer(3)]
                )
                #expect(client.snapshot().redirections == 1)
                #expect(try await client.ask("GET", "foo") == "3")
                #expect(client.snapshot().redirections == 1)
                #expect(client.snapshot().errorReplies == 0)
            }
        }
    }

    @Test("asks the node that a slot is moving to for what has moved already")
    func asking() async throws {
        try await RedisCluster.run { cluster in
            try await withClient(cluster.settings) { client in
                try await client.untilAllUp(cluster)
                // Three keys of one slot, which the third server has.
                for key in ["{foo}1", "{foo}2", "{foo}3"] { _ = try await client.ask("SET", key, key) }
                try await cluster.begin(moving: 12182, from: 2, to: 1)
                try await cluster.migrate("{foo}1", from: 2, to: 1)
                try await cluster.migrate("{foo}3", from: 2, to: 1)
                let replies = try await client.ask([
                    RedisCommand("GET", ["{foo}1"]), RedisCommand("GET", ["{foo}2"]), RedisCommand("GET", ["{foo}3"]),
                    RedisCommand("SET", ["{foo}4", "new"]), RedisCommand("STRLEN", ["{foo}2"]),
                ])
                #expect(replies == ["{foo}1", "{foo}2", "{foo}3", .status("OK"), .integer(6)])
                #expect(client.snapshot().redirections == 1)
                // Those that are on both nodes cannot be read at once: tried again, and given up within bounds.
                await #expect(throws: RedisError.misdirected) {
                    try await client.ask([RedisCommand("MGET", ["{foo}1", "{foo}2"])])
                }
                try await cluster.migrate("{foo}2", from: 2, to: 1)
                #expect(
                    try await client.ask([RedisCommand("MGET", ["{foo}1", "{foo}2"])]) == [
                        .array(["{foo}1", "{foo}2"])
                    ]
                )
            }
        }
    }

    @Test("goes on with the other nodes when one is gone, and with it when it is back")
    func killed() async throws {
        try await RedisCluster.run { cluster in
            try await withClient(cluster.settings) { client in
                try await client.untilAllUp(cluster)
                await cluster.servers[2].kill()
                try await client.until("the end of a connection") { client.snapshot().connections.up == 2 }
                #expect(await client.failure(of: "GET", "foo") == .unavailable)
                #expect(try await client.ask("SET", "bar", "1") == .status("OK"))
                #expect(client.isAvailable)
                try await cluster.servers[2].restart()
                try await client.until("a connection to it") { client.snapshot().connections.up == 3 }
                try await client.untilAnswered("foo", .null)
            }
        }
    }

    @Test("goes to the replica that takes a dead master's place")
    func promoted() async throws {
        try await RedisCluster.run { cluster in
            try await withRedisServer(RedisCluster.arguments) { replica in
                try await cluster.add(replica, replicating: 2)
                try await withClient(cluster.settings) { client in
                    try await client.untilAllUp(cluster)
                    _ = try await client.ask("SET", "foo", "1")
                    try await RedisCluster.until("the replica has it") { try await replica.cli("DBSIZE") == "1" }
                    await cluster.servers[2].kill()
                    try await client.untilAnswered("foo", "1")
                    let promoted = RedisEndpoint(host: "127.0.0.1", port: replica.port)
                    #expect(client.snapshot().nodes.contains { $0.endpoint == promoted && $0.connections.up == 1 })
                }
            }
        }
    }

    @Test("hears what any node publishes")
    func publish() async throws {
        try await RedisCluster.run { cluster in
            try await withClient(cluster.settings) { client in
                try await client.untilAllUp(cluster)
                let listener = Listener()
                let subscription = RedisSubscription(client: client, channels: ["news"], handler: listener)
                try await listener.next(.subscribed)
                for server in cluster.servers {
                    try await server.cli("PUBLISH", "news", "from \(server.port)")
                    try await listener.next(.message("news", "from \(server.port)"))
                }
                await subscription.shutdown()
            }
        }
    }
}

extension RedisClient {
    fileprivate func untilAnswered(_ key: String, _ expected: RedisReply) async throws {
        try await RedisCluster.until("an answer") {
            (try? await self.ask("GET", key)) == expected
        }
    }

    fileprivate func untilAllUp(_ cluster: RedisCluster) async throws {
        let count = Array(group.makeIterator()).count * cluster.servers.count
        try await until("connections to all nodes") { self.snapshot().connections.up == count }
    }
}
