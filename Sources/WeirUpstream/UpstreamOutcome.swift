/// How one call ended: the value of the label `outcome` of `weir_upstream_requests_total`.
package enum UpstreamOutcome: Int, Sendable, CaseIterable {
    /// A whole response with a status below 500.
    case success
    /// A response with a status of 500 or more.
    case serverError
    /// Ended by its caller.
    case cancelled
    case connect, tls, connectTimeout, firstByteTimeout, idleTimeout, totalTimeout, reset, malformed
    /// An idle connection was gone when the request came.
    case lostIdle
    case busy, breakerOpen, coolingDown, paced, draining

    package init(_ error: UpstreamError) {
        self =
            switch error {
            case .connect: .connect
            case .tls: .tls
            case .connectTimeout: .connectTimeout
            case .firstByteTimeout: .firstByteTimeout
            case .idleTimeout: .idleTimeout
            case .totalTimeout: .totalTimeout
            case .reset: .reset
            case .malformed: .malformed
            case .lostIdle, .unprocessed: .lostIdle
            case .busy: .busy
            case .breakerOpen: .breakerOpen
            case .coolingDown: .coolingDown
            case .paced: .paced
            case .draining: .draining
            }
    }

    /// As metrics, logs and the stats endpoint name it.
    package var name: String {
        switch self {
        case .success: "success"
        case .serverError: "server_error"
        case .cancelled: "cancelled"
        case .connect: "connect"
        case .tls: "tls"
        case .connectTimeout: "connect_timeout"
        case .firstByteTimeout: "first_byte_timeout"
        case .idleTimeout: "idle_timeout"
        case .totalTimeout: "total_timeout"
        case .reset: "reset"
        case .malformed: "malformed"
        case .lostIdle: "lost_idle"
        case .busy: "busy"
        case .breakerOpen: "breaker_open"
        case .coolingDown: "cooling_down"
        case .paced: "paced"
        case .draining: "draining"
        }
    }

    /// Whether the upstream, or the way to it, failed.
    package var isFailure: Bool {
        switch self {
        case .success, .cancelled, .lostIdle, .busy, .breakerOpen, .coolingDown, .paced, .draining: false
        case .serverError, .connect, .tls, .connectTimeout, .firstByteTimeout, .idleTimeout, .totalTimeout, .reset,
            .malformed:
            true
        }
    }
}
