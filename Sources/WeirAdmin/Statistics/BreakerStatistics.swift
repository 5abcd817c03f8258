/// The circuit breaker of one service of an upstream.
package struct BreakerStatistics: Sendable, Encodable, Equatable {
    package var service: String
    /// `closed`, `half_open` or `open`.
    package var state: String
    /// 0 closed, 1 half-open, 2 open.
    package var stateValue: Int
    package var consecutiveFailures = 0
    /// Calls that ended within the window, and how many of them failed.
    package var calls = 0
    package var failures = 0
    /// Until a call may probe; there while it is open.
    package var nextProbeSeconds: Int?
    /// Changes of state so far.
    package var transitions = 0

    private enum CodingKeys: CodingKey {
        case service, state, consecutiveFailures, calls, failures, nextProbeSeconds, transitions
    }

    package init(service: String, state: String, stateValue: Int) {
        self.service = service
        self.state = state
        self.stateValue = stateValue
    }
}
