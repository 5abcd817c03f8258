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

    private(set) var phase = Phase.waiting
    private var until = NIODeadline.distantFuture
    /// What is left of ``ConnectionLimits/writeIdle`` for the response under way; nil: all of it.
    private var writingLeft: TimeAmount?

    /// A response of its own begins.
    mutating func beginResponse() { writingLeft = nil }

    mutating func enter(_ phase: Phase, limits: ConnectionLimits, now: NIODeadline) {
        switch (phase, self.phase) {
        case (.head, .head), (.keepAlive, .keepAlive), (.body, .body): return
        default: break
        }
        self.phase = phase
        until =
            switch phase {
            case .keepAlive: now + limits.keepAlive
            case .head: now + limits.headTime
            case .body: now + limits.bodyIdle
            case .waiting: .distantFuture
            case .writing: now + (writingLeft ?? limits.writeIdle)
            case .doubtful: now + .seconds(1)
            case .tunnel: now + limits.tunnelIdle
            case .lingering: now + .seconds(5)
            }
    }

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
    func isIdle(for time: TimeAmount, limits: ConnectionLimits, now: NIODeadline) -> Bool {
        guard case .keepAlive = phase else { return false }
        return now + limits.keepAlive >= until + time
    }

    /// The phase that has lasted too long, once.
    mutating func expired(at now: NIODeadline) -> Phase? {
        guard now >= until else { return nil }
        until = .distantFuture
        return phase
    }
}
