/// Where somebody's limits stand; nil for what is not limited.
package struct RateLevels: Sendable, Equatable {
    package var requests: RateLevel?
    package var tokens: RateLevel?

    package init(requests: RateLevel? = nil, tokens: RateLevel? = nil) {
        self.requests = requests
        self.tokens = tokens
    }

    /// Of limits that all hold, the tighter ones.
    package static func tighter(_ one: RateLevels, _ other: RateLevels) -> RateLevels {
        RateLevels(
            requests: RateLevel.tighter(one.requests, other.requests),
            tokens: RateLevel.tighter(one.tokens, other.tokens)
        )
    }
}
