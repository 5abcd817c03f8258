import NIOCore

/// What a client's connection is doing, and until when it may.
struct ConnectionDeadline {
    enum Phase {
        /// Between requests.
        case keepAlive
        /// A head has begun. Re-entering does not extend it: the whole head has this long.
        case head
        /// A request body is coming; each read extends it.
        case body
        /// The client has nothing to do: Weir or its upstream is at work.
        case waiting
        /// The client is not taking the response.
        case writing
        /// The last response is written and the connection is being closed.
        case lingering
    }

    private var phase = Phase.waiting
    private var until = NIODeadline.distantFuture

    mutating func enter(_ phase: Phase, limits: ConnectionLimits, now: NIODeadline) {
        if case .head = phase, case .head = self.phase { return }
        if case .keepAlive = phase, case .keepAlive = self.phase { return }
        self.phase = phase
        until =
            switch phase {
            case .keepAlive: now + limits.keepAlive
            case .head: now + limits.headTime
            case .body: now + limits.bodyIdle
            case .waiting: .distantFuture
            case .writing: now + limits.writeIdle
            case .lingering: now + .seconds(5)
            }
    }

    /// The phase that has lasted too long, once.
    mutating func expired(at now: NIODeadline) -> Phase? {
        guard now >= until else { return nil }
        until = .distantFuture
        return phase
    }
}
