package import NIOCore
import Synchronization

/// A circuit breaker that all event loops share: a ``BreakerMachine`` behind a lock that is held for nanoseconds.
package final class Breaker: Sendable {
    private let machine: Mutex<BreakerMachine>
    /// Changes of state so far, those of breakers that stood in this one's place before a reload among them.
    let transitions: Counter

    package convenience init(settings: BreakerSettings) { self.init(settings: settings, transitions: Counter()) }

    /// - Parameter transitions: of the breaker in whose place this one comes.
    init(settings: BreakerSettings, transitions: Counter) {
        machine = Mutex(BreakerMachine(settings: settings))
        self.transitions = transitions
    }

    /// - Parameters:
    ///   - probeTime: how long the call may take to say something, should it become the probe.
    ///   - isWhole: its request waits for nothing from its client.
    package func admit(now: NIODeadline, probeTime: TimeAmount, isWhole: Bool = true) -> Admission {
        change { $0.admit(now: now, probeTime: probeTime, isWhole: isWhole, jitter: Double.random(in: 0..<1)) }
    }

    /// Whether a call would be refused now.
    package func isRefusing(now: NIODeadline) -> Bool {
        machine.withLock { $0.isRefusing(now: now) }
    }

    package func report(_ ticket: BreakerTicket, _ outcome: BreakerOutcome, now: NIODeadline) {
        // Only a failure can open a breaker, and only opening needs the jitter.
        let jitter = outcome == .failure ? Double.random(in: 0..<1) : 0
        change { $0.report(ticket, outcome, now: now, jitter: jitter) }
    }

    /// Whether a call waits for its own client now; of interest where it is the probe.
    func report(_ ticket: BreakerTicket, isHeldByClient: Bool, now: NIODeadline) {
        change { $0.report(ticket, isHeldByClient: isHeldByClient, now: now) }
    }

    /// Closes it and forgets what it counted.
    /// - Returns: whether it was not closed.
    @discardableResult
    package func reset() -> Bool {
        change { $0.reset() }
    }

    package func state(now: NIODeadline) -> BreakerSnapshot {
        var snapshot = machine.withLock { $0.snapshot(now: now) }
        snapshot.transitions = transitions.value
        return snapshot
    }

    private func change<Result: Sendable>(_ event: (inout BreakerMachine) -> Result) -> Result {
        machine.withLock { machine in
            let before = machine.transitions
            let result = event(&machine)
            // No event changes the state more than once.
            if machine.transitions != before { transitions.increment() }
            return result
        }
    }
}
