package import NIOCore
package import WeirRedis

/// `cache.redis` in `proxy.conf`: where the second tier is, and what of it is used how.
package struct TierSettings: Sendable, Equatable {
    package var redis: RedisSettings
    /// What the names of all keys and channels begin with. Sidecars that share answers have it in common, and mean the
    /// same by the names of their upstreams.
    package var prefix: String
    /// Bytes of the largest value that is written, overhead included.
    package var maxObject: Int
    /// The longest that Redis keeps an answer, whatever its lifetime.
    package var maxLifetime: TimeAmount
    /// What one request may lose to Redis while it looks and locks, before it goes on without.
    package var patience: TimeAmount
    /// Bytes of values on their way to Redis; what comes on top is not written.
    package var pending: Int
    /// How long a lock outlives the sidecar that holds it; zero: sidecars do not wait for each other.
    package var lock: TimeAmount
    /// How long after its last fetch or validation a stored answer is used as it is while the others' purges cannot be
    /// heard of.
    package var recheck: TimeAmount
    /// Purges that are remembered, the latest of each subject. What was stored before the oldest of them is not used.
    package var maxPurges: Int

    package init(
        redis: RedisSettings,
        prefix: String = "weir",
        maxObject: Int = 1 << 20,
        maxLifetime: TimeAmount = .hours(7 * 24),
        patience: TimeAmount = .milliseconds(10),
        pending: Int = 16 << 20,
        lock: TimeAmount = .seconds(2),
        recheck: TimeAmount = .seconds(1),
        maxPurges: Int = 100_000
    ) {
        self.redis = redis
        self.prefix = prefix
        self.maxObject = maxObject
        self.maxLifetime = maxLifetime
        self.patience = patience
        self.pending = pending
        self.lock = lock
        self.recheck = recheck
        self.maxPurges = maxPurges
    }
}
