/// A call's leave to go ahead. Its outcome is to be reported with it, or the probe's place stays taken.
package struct BreakerTicket: Sendable, Equatable {
    /// Which stretch between two changes of state it was given in.
    let generation: UInt64
    /// Whether this call decides if the breaker closes.
    package let isProbe: Bool
}

/// A breaker's answer to a call that wants to go ahead.
package enum Admission: Sendable, Equatable {
    case admitted(BreakerTicket)
    /// Worth trying again in so many seconds; at least 1.
    case refused(retryAfterSeconds: Int)
}

/// How an admitted call ended, in a breaker's eyes.
package enum BreakerOutcome: Sendable, Equatable {
    case success
    case failure
    /// The call says nothing about the upstream: its client left, or it never got as far.
    case cancelled
}
