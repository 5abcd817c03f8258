import NIOCore
import Synchronization
import WeirUpstream

/// One server as all event loops see it: its breaker, and whether anybody is connected.
///
/// While the breaker is open no command of anybody's goes out: the loop that has seen it open asks for a sign of life
/// (``RedisMember``), and the breaker's probe is that PING.
final class RedisNode: Sendable {
    private struct State {
        var connections = RedisConnectionCounts()
        var isOpen = false
        var isCounted = false
        /// What the server last said when it refused a connection.
        var refusal: String?
    }

    let endpoint: RedisEndpoint
    let dialer: RedisDialer
    private let breaker: Breaker
    private let availability: RedisAvailability
    private let state = Mutex(State())
    /// `State.isOpen`, without the lock.
    private let isOpenFlag = Atomic(false)

    init(_ endpoint: RedisEndpoint, _ settings: RedisSettings, _ availability: RedisAvailability) {
        self.endpoint = endpoint
        self.availability = availability
        dialer = RedisDialer(endpoint, settings)
        breaker = Breaker(settings: settings.breaker)
    }

    var isConnected: Bool { state.withLock { $0.connections.up > 0 } }

    var isOpen: Bool { isOpenFlag.load(ordering: .relaxed) }

    func snapshot(now: NIODeadline) -> RedisNodeSnapshot {
        let connections = state.withLock { $0.connections }
        return RedisNodeSnapshot(endpoint: endpoint, connections: connections, breaker: breaker.state(now: now))
    }

    // MARK: Commands

    /// - Returns: nil where a command is not to be sent.
    func admit(now: NIODeadline, timeout: TimeAmount) -> BreakerTicket? {
        guard !isOpen, case .admitted(let ticket) = breaker.admit(now: now, probeTime: timeout) else { return nil }
        guard ticket.isProbe else { return ticket }
        // It has opened in between, and not a moment ago: the probe is not for commands.
        breaker.report(ticket, .cancelled, now: now)
        return nil
    }

    /// - Returns: whether this outcome has opened the breaker: the caller probes from now on.
    func report(_ ticket: BreakerTicket, _ outcome: BreakerOutcome, now: NIODeadline) -> Bool {
        breaker.report(ticket, outcome, now: now)
        guard outcome == .failure, breaker.isRefusing(now: now) else { return false }
        return change { state in
            defer { state.isOpen = true }
            return !state.isOpen
        }
    }

    // MARK: Probing

    /// - Returns: nil while it is not time.
    func admitProbe(now: NIODeadline, timeout: TimeAmount) -> BreakerTicket? {
        guard !breaker.isRefusing(now: now),
            case .admitted(let ticket) = breaker.admit(now: now, probeTime: timeout)
        else { return nil }
        return ticket
    }

    /// - Returns: whether commands may go out again.
    func probed(_ ticket: BreakerTicket, _ outcome: BreakerOutcome, now: NIODeadline) -> Bool {
        breaker.report(ticket, outcome, now: now)
        guard outcome == .success else { return false }
        change { $0.isOpen = false }
        return true
    }

    // MARK: Connections

    func changed(_ connections: (inout RedisConnectionCounts) -> Void) { change { connections(&$0.connections) } }

    /// - Parameter reason: what the server says; nil where it has taken a connection.
    /// - Returns: whether that is news.
    func refused(_ reason: String?) -> Bool {
        state.withLock { state in
            defer { state.refusal = reason }
            return state.refusal != reason
        }
    }

    private func change<Result: Sendable>(_ body: (inout State) -> Result) -> Result {
        state.withLock { state in
            let result = body(&state)
            isOpenFlag.store(state.isOpen, ordering: .relaxed)
            let counts = state.connections.up > 0 && !state.isOpen
            if counts != state.isCounted { availability.changed(by: counts ? 1 : -1) }
            state.isCounted = counts
            return result
        }
    }
}
