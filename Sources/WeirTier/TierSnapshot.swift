import Synchronization
package import WeirRedis

/// The second tier at one moment.
package struct TierSnapshot: Sendable {
    package var events: [TierEvent: UInt64]
    /// Bytes of values on their way to Redis.
    package var pendingBytes: Int
    /// It hears of all purges.
    package var isSubscribed: Bool
    package var purges: PurgeFeedCounts
    package var redis: RedisSnapshot

    package func count(_ event: TierEvent) -> UInt64 { events[event] ?? 0 }
}

extension Tier {
    package func snapshot() -> TierSnapshot {
        TierSnapshot(
            events: counts.all,
            pendingBytes: pendingBytes.load(ordering: .relaxed),
            isSubscribed: position != nil,
            purges: feed.counts,
            redis: client.snapshot()
        )
    }
}
