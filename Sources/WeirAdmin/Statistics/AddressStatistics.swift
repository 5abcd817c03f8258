/// One address of an upstream that has several, or health checks.
package struct AddressStatistics: Sendable, Encodable {
    package struct Health: Sendable, Encodable {
        package var passed: UInt64
        package var failed: UInt64
        /// What was wrong with the last check that failed.
        package var lastFailure: String?

        package init(passed: UInt64, failed: UInt64, lastFailure: String? = nil) {
            self.passed = passed
            self.failed = failed
            self.lastFailure = lastFailure
        }
    }

    package var url: String
    /// `up`, `unhealthy`, `ejected` or `returning`.
    package var state: String
    /// Whether calls go there as to any other: its state is `up`.
    package var isUp: Bool
    /// Calls begun.
    package var requests: UInt64 = 0
    /// Calls under way or waiting.
    package var pendingCount: Int = 0
    package var consecutiveFailures: Int = 0
    package var ejections: UInt64 = 0
    /// Until it gets calls again; missing where it is not ejected.
    package var ejectedSeconds: Int?
    /// Missing where there are no checks.
    package var health: Health?

    package init(url: String, state: String, isUp: Bool) {
        self.url = url
        self.state = state
        self.isUp = isUp
    }
}
