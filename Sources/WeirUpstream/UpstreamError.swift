/// Why an upstream call came to nothing, or broke off.
package enum UpstreamError: Error, Sendable, Equatable {
    /// No connection: refused, unreachable, name not found. The upstream cannot have acted.
    case connect(String)
    case tls(String)
    case connectTimeout
    case firstByteTimeout
    case idleTimeout
    case totalTimeout
    /// The connection ended before the response did.
    case reset
    /// An idle connection ended under the request that was sent on it, before any of a response: most likely it had
    /// been given up by the other side already. Nothing is wrong with the upstream, but it may have acted.
    case lostIdle
    /// The same, and the other side has said that it has not looked at the request.
    case unprocessed
    /// The response is not HTTP, or lies about its length.
    case malformed(String)
    /// No connection free, and the queue full, waited in too long, or left for a call of a higher priority; or no file
    /// for another connection.
    case busy
    /// The breaker is open; so long until it lets a probe through.
    case breakerOpen(retryAfterSeconds: Int)
    /// The upstream has answered this credential with 429; so long until it is asked again.
    case coolingDown(retryAfterSeconds: Int)
    /// The upstream's limits have no room for the call in time; so long until they have.
    case paced(retryAfterSeconds: Int)
    /// Weir is stopping.
    case draining

    /// Whether a breaker counts it: connect errors, timeouts, resets, malformed answers.
    package var countsAsFailure: Bool {
        switch self {
        case .connect, .tls, .connectTimeout, .firstByteTimeout, .idleTimeout, .totalTimeout, .reset, .malformed: true
        case .lostIdle, .unprocessed, .busy, .breakerOpen, .coolingDown, .paced, .draining: false
        }
    }

    /// Whether there was no connection, or it broke off: what a whole address has in common when it is down.
    package var isOfConnection: Bool {
        switch self {
        case .connect, .tls, .connectTimeout, .reset: true
        case .firstByteTimeout, .idleTimeout, .totalTimeout, .malformed, .lostIdle, .unprocessed, .busy, .breakerOpen,
            .coolingDown, .paced, .draining:
            false
        }
    }
}
