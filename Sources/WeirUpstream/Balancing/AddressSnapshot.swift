/// What one address of an upstream shows of itself.
package struct AddressSnapshot: Sendable, Equatable {
    /// Its name in metrics and logs: `up`.
    package enum State: String, Sendable, CaseIterable {
        case up
        /// Its checks fail.
        case unhealthy
        /// Its calls failed, so it gets none for a while.
        case ejected
        /// Back from that, with one call at a time until one succeeds.
        case returning
    }

    /// What its checks have said.
    package struct Health: Sendable, Equatable {
        package var passed: Int
        package var failed: Int
        /// What was wrong with the last one that failed.
        package var lastFailure: String?

        package init(passed: Int = 0, failed: Int = 0, lastFailure: String? = nil) {
            self.passed = passed
            self.failed = failed
            self.lastFailure = lastFailure
        }
    }

    /// `scheme://host[:port][/path]`.
    package var url: String
    package var state: State
    /// Calls under way or waiting.
    package var pending: Int
    /// Calls begun so far.
    package var calls: Int
    package var consecutiveFailures: Int
    package var ejections: Int
    /// Whole seconds until it returns, rounded up; nil where it is not ejected.
    package var ejectedSeconds: Int?
    /// nil where there are no checks.
    package var health: Health?

    package init(
        url: String,
        state: State = .up,
        pending: Int = 0,
        calls: Int = 0,
        consecutiveFailures: Int = 0,
        ejections: Int = 0,
        ejectedSeconds: Int? = nil,
        health: Health? = nil
    ) {
        self.url = url
        self.state = state
        self.pending = pending
        self.calls = calls
        self.consecutiveFailures = consecutiveFailures
        self.ejections = ejections
        self.ejectedSeconds = ejectedSeconds
        self.health = health
    }
}
