/// Where a circuit breaker stands. The raw value is the value of the gauge `weir_breaker_state`.
package enum BreakerState: Int, Sendable, CaseIterable {
    /// Calls pass.
    case closed = 0
    /// One call, the probe, passes and decides.
    case halfOpen = 1
    /// Calls are refused.
    case open = 2

    /// As metrics, logs and the stats endpoint name it.
    package var name: String {
        switch self {
        case .closed: "closed"
        case .halfOpen: "half_open"
        case .open: "open"
        }
    }
}
