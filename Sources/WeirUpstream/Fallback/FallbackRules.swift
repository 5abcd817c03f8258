/// When a route's other upstream is called in place of the first.
enum FallbackRules {
    /// - Parameter isIdempotent: acting twice does no harm. What is not must not have been acted upon.
    static func takesOver(after error: UpstreamError, isIdempotent: Bool) -> Bool {
        switch error {
        case .draining, .totalTimeout: false
        case .connect, .tls, .connectTimeout, .unprocessed, .busy, .breakerOpen, .coolingDown, .paced: true
        case .firstByteTimeout, .idleTimeout, .reset, .lostIdle, .malformed: isIdempotent
        }
    }

    static func takesOver(after status: UInt16, isIdempotent: Bool) -> Bool {
        switch status {
        // The upstream says that it has not acted.
        case 429, 503: true
        case 500...: isIdempotent
        default: false
        }
    }

    /// Whether the other upstream does no better with such an answer, so that the first one's failure is told.
    static func isFailure(status: UInt16) -> Bool { status == 429 || status >= 500 }
}
