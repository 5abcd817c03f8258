import NIOCore

/// What a client's connection is doing, and until when it may.
///
/// Bytes of a body, either way, pay for their time at a least rate, and nobody can pay ahead for more than the idle
/// time: whoever sends or takes a byte now and then runs out of time, however much it was before. Only time counts in
/// which the client is waited for.
struct ConnectionDeadline {
    enum Phase {
        /// Between requests.
        case keepAlive
        /// A head has begun. Re-entering does not extend it: the whole head has this long.
        case head
        /// A request body is coming. Re-entering does not extend it; what comes does.
        case body
        /// The client has nothing to do: Weir or its upstream is at work.
        case waiting
        /// The client is not taking the response; what it takes extends it.
        case writing
        /// The client has closed its sending side amid a response; whether it still reads shows with the next bytes.
        case doubtful
        /// The connection speaks another protocol. Entered anew with every byte.
        case tunnel
        /// The last response is written and the connection is being closed.
        case lingering
    }

    /// How long a connection that drains may have been idle before it is closed: a client that has just had an answer
    /// may have sent its next request already.
    static let drainIdle = TimeAmount.seconds(1)
    /// How long the client may take to close its side; a connection that drains does not wait for long.
    private static let linger = TimeAmount.seconds(5)
    private static let drainLinger = TimeAmount.seconds(1)

    private(set) var phase = Phase.waiting
    private var since = NIODeadline.distantPast
    private var until = NIODeadline.distantFuture
    /// What is left of ``ConnectionLimits/writeIdle`` for the response under way; nil: all of it.
    private var writingLeft: TimeAmount?
    /// When draining is over, once it has begun.
    private var drainedBy: NIODeadline?

    /// A response of its own begins.
    mutating func beginResponse() { writingLeft = nil }

    mutating func enter(_ phase: Phase, limits: ConnectionLimits, now: NIODeadline) {
        switch (phase, self.phase) {
        case (.head, .head), (.keepAlive, .keepAlive), (.body, .body): return
        default: break
        }
        self.phase = phase
        since = now
        until =
            switch phase {
            case .keepAlive: now + (isDraining ? min(limits.keepAlive, Self.drainIdle) : limits.keepAlive)
            case .head: now + limits.headTime
            case .body: now + limits.bodyIdle
            case .waiting: .distantFuture
            case .writing: now + (writingLeft ?? limits.writeIdle)
            case .doubtful: now + .seconds(1)
            case .tunnel: min(now + limits.tunnelIdle, drainedBy ?? .distantFuture)
            case .lingering: now + (isDraining ? Self.drainLinger : Self.linger)
            }
    }

    private var isDraining: Bool { drainedBy != nil }

    /// So many bytes of a request body have come.
    mutating func received(_ bytes: Int, limits: ConnectionLimits, now: NIODeadline) {
        enter(.body, limits: limits, now: now)
        let paid = Self.time(paidBy: bytes, rate: limits.bodyRate, atMost: limits.bodyIdle)
        until = min(until + paid, now + limits.bodyIdle)
    }

    /// The client has taken so many bytes since ``Phase/writing`` was entered, or since the last time.
    /// - Returns: whether it has time left.
    mutating func took(_ bytes: Int, limits: ConnectionLimits, now: NIODeadline) -> Bool {
        let paid = Self.time(paidBy: bytes, rate: limits.writeRate, atMost: limits.writeIdle)
        let left = max(.zero, until == .distantFuture ? .zero : until - now)
        let newly = min(left + paid, limits.writeIdle)
        writingLeft = newly
        until = now + newly
        return newly > .zero
    }

    private static func time(paidBy bytes: Int, rate: Int, atMost most: TimeAmount) -> TimeAmount {
        guard rate > 0 else { return bytes > 0 ? most : .zero }
        let paid = Double(bytes) / Double(rate) * 1_000_000_000
        return .nanoseconds(Int64(min(paid, Double(most.nanoseconds))))
    }

    /// Whether the connection has waited for a request for so long.
    func isIdle(for time: TimeAmount, now: NIODeadline) -> Bool {
        guard case .keepAlive = phase else { return false }
        return now >= since + time
    }

    /// Shortens what only waits for the client (its next request, its close), and what may go on for ever.
    /// - Parameter end: when draining is over. Told once; a later one changes nothing.
    mutating func drain(until end: NIODeadline) {
        let end = drainedBy ?? end
        drainedBy = end
        switch phase {
        case .keepAlive: until = min(until, since + Self.drainIdle)
        case .lingering: until = min(until, since + Self.drainLinger)
        case .tunnel: until = min(until, end)
        case .head, .body, .waiting, .writing, .doubtful: break
        }
    }

    /// The phase that has lasted too long, once.
    mutating func expired(at now: NIODeadline) -> Phase? {
        guard now >= until else { return nil }
        until = .distantFuture
        return phase
    }
}
