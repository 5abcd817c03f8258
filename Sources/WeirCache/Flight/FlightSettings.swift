package import NIOCore

/// How much a flight remembers, how far apart its readers may be and how long others wait for its head.
package struct FlightSettings: Sendable, Equatable {
    /// Bytes kept for readers who join late; over it none may join, and what all have read is let go. Also how far
    /// behind the newest byte a reader may fall while others go ahead.
    package var window: Int
    /// Bytes that even the fastest reader may be behind before the owner should stop reading from its upstream.
    package var pace: Int
    /// Readers of one flight, its leader included.
    package var maxFollowers: Int

    /// How long a flight may be without a head before another request leads a new one; as long as it takes where nil.
    package var leaderAge: TimeAmount?
    /// How long it is remembered that an answer could not be shared.
    package var unsharedTime: TimeAmount
    /// Keys of which that is remembered.
    package var maxUnshared: Int

    package init(
        window: Int = 8 << 20,
        pace: Int = 256 << 10,
        maxFollowers: Int = 10_000,
        leaderAge: TimeAmount? = nil,
        unsharedTime: TimeAmount = .minutes(2),
        maxUnshared: Int = 10_000
    ) {
        self.window = window
        self.pace = pace
        self.maxFollowers = maxFollowers
        self.leaderAge = leaderAge
        self.unsharedTime = unsharedTime
        self.maxUnshared = maxUnshared
    }

    /// An answer can be followed from its first byte as long as it may still be stored.
    package init(cache: CacheSettings) {
        self.init(
            window: cache.maxObject,
            maxFollowers: cache.maxFollowers,
            unsharedTime: cache.uncacheable,
            maxUnshared: cache.maxUncacheable
        )
    }
}
