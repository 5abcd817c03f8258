/// How much a flight remembers and how far apart its readers may be.
package struct FlightSettings: Sendable, Equatable {
    /// Bytes kept for readers who join late; over it none may join, and what all have read is let go. Also how far
    /// behind the newest byte a reader may fall while others go ahead.
    package var window: Int
    /// Bytes that even the fastest reader may be behind before the owner should stop reading from its upstream.
    package var pace: Int
    /// Readers of one flight, its leader included.
    package var maxFollowers: Int

    package init(window: Int = 8 << 20, pace: Int = 256 << 10, maxFollowers: Int = 10_000) {
        self.window = window
        self.pace = pace
        self.maxFollowers = maxFollowers
    }

    /// An answer can be followed from its first byte as long as it may still be stored.
    package init(cache: CacheSettings) {
        self.init(window: cache.maxObject, maxFollowers: cache.maxFollowers)
    }
}
