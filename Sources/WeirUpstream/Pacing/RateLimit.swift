import NIOCore

/// One of a provider's limits as an answer tells it: how much it is, how much of it is left, and how long until it is
/// whole again.
struct RateLimit: Sendable, Equatable {
    /// nil where it is not told.
    var limit: Int?
    var remaining: Int
    var reset: TimeAmount
}
