import Foundation
import NIOCore
import Testing
import WeirUpstream

@testable import WeirAdmin
@testable import WeirRedis
@testable import WeirTier

@Suite("Statistics of the second tier")
struct RedisStatisticsTests {
    @Test("Every event and every reason is there from the start, by its name")
    func names() {
        let redis = RedisStatistics(Self.snapshot())
        #expect(redis.events.keys.sorted() == TierEvent.allCases.map(\.rawValue).sorted())
        #expect(redis.events["hit"] == 7 && redis.events["outrun"] == 0)
        #expect(
            redis.errors == [
                "unavailable": 0, "timed_out": 2, "full": 0, "closed": 0, "protocol_violation": 0, "misdirected": 0,
            ]
        )
        #expect(redis.breaker == "half_open")
        #expect(redis.nodes.map(\.address) == ["[::1]:7000"])
        #expect(redis.nodes.map(\.breaker) == ["half_open"] && redis.nodes.map(\.breakerValue) == [1])
    }

    @Test("Buckets of latency count all that took no longer, each in seconds")
    func latency() {
        let latency = RedisStatistics(Self.snapshot()).latency
        #expect(latency.buckets.map(\.bound) == RedisLatency.bounds)
        #expect(latency.buckets.map(\.count) == [2, 2, 3, 3, 3, 3, 3, 3, 3])
        #expect(latency.count == 4)
        #expect(latency.maxSeconds == 0.5 && latency.sumSeconds == 0.502 && latency.meanSeconds == 0.1255)
    }

    @Test("The stats have it under `cache`, and nothing where there is no Redis")
    func encoded() throws {
        var cache = CacheStatistics()
        #expect(try Self.json(cache)["redis"] == nil)
        cache.redis = RedisStatistics(Self.snapshot())
        let redis = try #require(try Self.json(cache)["redis"] as? [String: Any])
        #expect(
            redis.keys.sorted() == [
                "breaker", "commands", "connections", "errorReplies", "errors", "events", "lastError", "latency",
                "nodes",
                "pendingBytes", "purges", "redirections", "subscribed",
            ]
        )
        let latency = try #require(redis["latency"] as? [String: Double])
        #expect(latency == ["count": 4, "meanSeconds": 0.1255, "maxSeconds": 0.5])
        #expect(redis["purges"] as? [String: Int] == ["sent": 1, "received": 2, "untold": 3, "doubts": 4])
        #expect(redis["subscribed"] as? Bool == true)
        #expect(redis["lastError"] as? String == "GET: NOPERM no right")
    }

    private static func json(_ value: some Encodable) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: JSONEncoder().encode(value)) as? [String: Any])
    }

    private static func snapshot() -> TierSnapshot {
        var redis = RedisSnapshot()
        redis.failures = ["timed_out": 2]
        redis.lastError = "GET: NOPERM no right"
        redis.latency.count = 4
        redis.latency.sum = .milliseconds(502)
        redis.latency.max = .milliseconds(500)
        redis.latency.buckets = [2, 0, 1, 0, 0, 0, 0, 0, 0, 1]
        redis.breaker = .halfOpen
        redis.nodes = [
            RedisNodeSnapshot(
                endpoint: RedisEndpoint(host: "::1", port: 7000),
                connections: RedisConnectionCounts(),
                breaker: BreakerSnapshot(state: .halfOpen)
            )
        ]
        var purges = PurgeFeedCounts()
        (purges.sent, purges.received, purges.untold, purges.doubts) = (1, 2, 3, 4)
        return TierSnapshot(events: [.hit: 7], pendingBytes: 9, isSubscribed: true, purges: purges, redis: redis)
    }
}
