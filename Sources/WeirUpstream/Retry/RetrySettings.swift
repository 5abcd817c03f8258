package import NIOCore

/// How often and when a call that came to nothing is made again.
package struct RetrySettings: Sendable, Equatable {
    /// Tries in all; 1 for no retries.
    package var attempts: Int
    /// Retries under way at once, as a share of the calls under way, 0...1.
    package var budget: Double
    /// Retries under way at once that the budget always allows.
    package var budgetMin: Int
    /// The bound of the random time before the first retry; doubles with each.
    package var backoff: TimeAmount
    package var backoffMax: TimeAmount
    /// The longest `Retry-After` that is waited for; with a longer one the answer goes to the client at once.
    package var maxWait: TimeAmount
    /// Bytes of a streamed request body that are kept to be sent again; 0 for none.
    package var maxBody: Int

    package init(
        attempts: Int = 2,
        budget: Double = 0.2,
        budgetMin: Int = 3,
        backoff: TimeAmount = .milliseconds(100),
        backoffMax: TimeAmount = .seconds(2),
        maxWait: TimeAmount = .seconds(30),
        maxBody: Int = 64 << 10
    ) {
        self.attempts = attempts
        self.budget = budget
        self.budgetMin = budgetMin
        self.backoff = backoff
        self.backoffMax = backoffMax
        self.maxWait = maxWait
        self.maxBody = maxBody
    }
}
