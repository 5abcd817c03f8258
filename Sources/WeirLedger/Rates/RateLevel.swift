/// Where a limit of a rate stands, as `x-ratelimit-*` tells it.
package struct RateLevel: Sendable, Equatable {
    /// In a minute.
    package var limit: Int
    package var remaining: Int
    /// Until all of it is there again.
    package var reset: Duration

    package init(limit: Int, remaining: Int, reset: Duration) {
        self.limit = limit
        self.remaining = remaining
        self.reset = reset
    }

    /// Of two limits that both hold, the one with less left of it; of equals, the one that is longer in coming back.
    package static func tighter(_ one: RateLevel?, _ other: RateLevel?) -> RateLevel? {
        guard let one, let other else { return one ?? other }
        if one.remaining != other.remaining { return one.remaining < other.remaining ? one : other }
        return one.reset >= other.reset ? one : other
    }
}
