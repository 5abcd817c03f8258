package import NIOCore

/// When a hit has what it was served from fetched anew behind it, although that is fresh.
package struct RefreshAheadSettings: Sendable, Equatable {
    /// The share of its life, from when it came, that it has left at most.
    package var left: Double
    /// Hits since it was stored or last validated, this one included, at least.
    package var hits: Int
    /// Between two attempts at one entry: an upstream that fails is not asked at every hit.
    package var pause: TimeAmount

    package init(left: Double = 0.1, hits: Int = 2, pause: TimeAmount = .seconds(10)) {
        self.left = left
        self.hits = hits
        self.pause = pause
    }
}
