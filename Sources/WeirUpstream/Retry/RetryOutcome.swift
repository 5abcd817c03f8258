/// What became of a retry, or why there was none: the value of the label `outcome` of `weir_upstream_retries_total`.
package enum RetryOutcome: Int, Sendable, CaseIterable {
    /// The retry was answered, with nothing that would be worth another.
    case success
    /// The retry came to nothing as well.
    case failure
    /// The client left during a back-off, a `Retry-After` or a retry.
    case cancelled
    /// Not made: too many retries under way, or too many calls that wait out a `Retry-After`.
    case overBudget
    /// Not made: the upstream wants to be left alone for longer than the call can wait, or says so at such length that
    /// its answer cannot be kept meanwhile.
    case tooLong
    /// Not made: what has been sent of the request's body is not at hand any more.
    case bodyGone
    /// Not made: the breaker has opened.
    case breakerOpen

    /// As metrics and the stats endpoint name it.
    package var name: String {
        switch self {
        case .success: "success"
        case .failure: "failure"
        case .cancelled: "cancelled"
        case .overBudget: "over_budget"
        case .tooLong: "too_long"
        case .bodyGone: "body_gone"
        case .breakerOpen: "breaker_open"
        }
    }
}
