package import NIOCore

/// How long a credential is kept from an upstream that has answered it with 429.
package struct CoolDownSettings: Sendable, Equatable {
    /// Where the answer does not say: the first time, doubling with each 429 that follows.
    package var first: TimeAmount
    /// Up to this.
    package var max: TimeAmount
    /// The longest `Retry-After` that is kept to; a longer one counts as this.
    package var retryAfterMax: TimeAmount
    /// Credentials, by service, that are remembered at once.
    package var entries: Int

    package init(
        first: TimeAmount = .seconds(1),
        max: TimeAmount = .seconds(30),
        retryAfterMax: TimeAmount = .minutes(5),
        entries: Int = 1024
    ) {
        self.first = first
        self.max = max
        self.retryAfterMax = retryAfterMax
        self.entries = entries
    }
}
