/// What a circuit breaker shows of itself.
package struct BreakerSnapshot: Sendable, Equatable {
    package var state: BreakerState
    /// Failed calls since the last that succeeded.
    package var consecutiveFailures: Int
    /// Calls that ended within the window, and how many of them failed. Only a closed breaker counts.
    package var calls: Int
    package var failures: Int
    /// While open: seconds until a call may probe, rounded up; 0 when the next one may.
    package var nextProbeSeconds: Int?
    /// Changes of state so far.
    package var transitions: Int

    package init(
        state: BreakerState,
        consecutiveFailures: Int = 0,
        calls: Int = 0,
        failures: Int = 0,
        nextProbeSeconds: Int? = nil,
        transitions: Int = 0
    ) {
        self.state = state
        self.consecutiveFailures = consecutiveFailures
        self.calls = calls
        self.failures = failures
        self.nextProbeSeconds = nextProbeSeconds
        self.transitions = transitions
    }
}
