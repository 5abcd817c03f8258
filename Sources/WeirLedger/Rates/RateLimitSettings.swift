/// A route's `rate_limit:`.
package struct RateLimitSettings: Sendable, Equatable {
    /// In a minute; nil: any number.
    package struct Rates: Sendable, Equatable {
        package var requests: Int?
        package var tokens: Int?

        package init(requests: Int? = nil, tokens: Int? = nil) {
            self.requests = requests
            self.tokens = tokens
        }

        package var isEmpty: Bool { requests == nil && tokens == nil }
    }

    /// Of each user on the route.
    package var user: Rates
    /// Of each credential on the route.
    package var credential: Rates
    /// Users, and as many credentials, that are counted apart. Those beyond share limits.
    package var entries: Int

    package init(user: Rates = Rates(), credential: Rates = Rates(), entries: Int = 10_000) {
        self.user = user
        self.credential = credential
        self.entries = entries
    }
}
