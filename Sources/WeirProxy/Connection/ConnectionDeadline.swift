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

    /// How long a connection that drains may have been idle before it is closed: a client that has just had an answer
    /// may have sent its next request already.
    static let drainIdle = TimeAmount.seconds(1)
    /// How long the client may take to close its side; a connection that drains does not wait for long.
    private static let linger = TimeAmount.seconds(5)
    private static let drainLinger = TimeAmount.seconds(1)

    private var phase = Phase.waiting
    private var since = NIODeadline.distantPast
    private var until = NIODeadline.distantFuture
    private var isDraining = false

    mutating func enter(_ phase: Phase, limits: ConnectionLimits, now: NIODeadline) {
        if case .head = phase, case .head = self.phase { return }
        if case .keepAlive = phase, case .keepAlive = self.phase { return }
        self.phase = phase
        since = now
        until =
            switch phase {
            case .keepAlive: now + (isDraining ? min(limits.keepAlive, Self.drainIdle) : limits.keepAlive)
            case .head: now + limits.headTime
            case .body: now + limits.bodyIdle
            case .waiting: .distantFuture
            case .writing: now + limits.writeIdle
            case .lingering: now + (isDraining ? Self.drainLinger : Self.linger)
            }
    }

    /// Shortens what only waits for the client: its next request, its close.
    mutating func drain() {
        isDraining = true
        switch phase {
        case .keepAlive: until = min(until, since + Self.drainIdle)
        case .lingering: until = min(until, since + Self.drainLinger)
        case .head, .body, .waiting, .writing: break
        }
    }

    /// The phase that has lasted too long, once.
    mutating func expired(at now: NIODeadline) -> Phase? {
        guard now >= until else { return nil }
        until = .distantFuture
        return phase
    }
}
