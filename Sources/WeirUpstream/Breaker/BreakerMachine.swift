package import NIOCore

/// When calls to one service of one upstream are let through.
///
///                  failures in a row, or their rate
///         ┌────────┐ ───────────────────────────▶ ┌──────┐
///         │ closed │                              │ open │ ◀──────────────┐
///         └────────┘ ◀──────────┐                 └──────┘                │
///                               │                    │ its time is over,  │
///                    the probe  │                    ▼ and a call comes   │ the probe fails:
///                    succeeds   └──────────── ┌───────────┐ ──────────────┘ twice as long
///                                             │ half-open │
///                                             └───────────┘
///
/// - **closed**: every call passes; outcomes are counted. Can transition to open.
/// - **open**: every call is refused, until a time. Can transition to half-open, by the first call after that time.
/// - **half-open**: one call, the probe, is out or may go out; others are refused. A probe cancelled by its client
///   frees its place. Can transition to closed and open.
///
/// ``Breaker`` drives it. An outcome counts only in the stretch of time in which its call was let through: what a call
/// from before the breaker opened has to say afterwards neither closes nor opens it. The one exception is the probe
/// that closed the breaker at its response's head: should its body break off, that is a failure of the closed state.
package struct BreakerMachine: Sendable {
    private enum State {
        case closed
        /// - Parameter attempt: how many times it has opened without closing in between, from 0.
        case open(until: NIODeadline, attempt: Int)
        case halfOpen(isProbeOut: Bool, attempt: Int)
    }

    private let settings: BreakerSettings
    private var state = State.closed
    private var window: FailureWindow
    private var consecutiveFailures = 0
    private var generation: UInt64 = 0
    private var transitions = 0

    package init(settings: BreakerSettings) {
        self.settings = settings
        window = FailureWindow(length: settings.window)
    }

    // MARK: Events

    package mutating func admit(now: NIODeadline) -> Admission {
        switch state {
        case .closed:
            return .admitted(BreakerTicket(generation: generation, isProbe: false))
        case .open(let until, let attempt):
            guard now >= until else { return .refused(retryAfterSeconds: wholeSeconds(from: now, to: until)) }
            enter(.halfOpen(isProbeOut: true, attempt: attempt))
            return .admitted(BreakerTicket(generation: generation, isProbe: true))
        case .halfOpen(isProbeOut: false, let attempt):
            state = .halfOpen(isProbeOut: true, attempt: attempt)
            return .admitted(BreakerTicket(generation: generation, isProbe: true))
        case .halfOpen(isProbeOut: true, attempt: _):
            return .refused(retryAfterSeconds: 1)
        }
    }

    /// - Parameter jitter: 0..<1; takes up to a tenth off the time that the breaker stays open, so that many sidecars
    ///   do not probe at once.
    package mutating func report(
        _ ticket: BreakerTicket,
        _ outcome: BreakerOutcome,
        now: NIODeadline,
        jitter: Double
    ) {
        switch state {
        case .closed:
            let closedIt = ticket.isProbe && ticket.generation &+ 1 == generation && outcome == .failure
            guard ticket.generation == generation || closedIt else { return }
            count(outcome, now: now, jitter: jitter)
        case .open:
            // A call from before; the breaker knows already.
            return
        case .halfOpen(_, let attempt):
            guard ticket.generation == generation else { return }
            switch outcome {
            case .success:
                window.clear()
                consecutiveFailures = 0
                enter(.closed)
            case .failure:
                consecutiveFailures += 1
                open(attempt: attempt + 1, now: now, jitter: jitter)
            case .cancelled:
                state = .halfOpen(isProbeOut: false, attempt: attempt)
                // The cancelled probe's own later words are no longer heard.
                generation &+= 1
            }
        }
    }

    /// Closes it and forgets what it counted.
    /// - Returns: whether it was not closed.
    package mutating func reset() -> Bool {
        window.clear()
        consecutiveFailures = 0
        switch state {
        case .closed:
            generation &+= 1
            return false
        case .open, .halfOpen:
            enter(.closed)
            return true
        }
    }

    package func snapshot(now: NIODeadline) -> BreakerSnapshot {
        let (calls, failures) = window.total(now: now)
        var snapshot = BreakerSnapshot(
            state: .closed,
            consecutiveFailures: consecutiveFailures,
            calls: calls,
            failures: failures,
            transitions: transitions
        )
        switch state {
        case .closed: break
        case .open(let until, _):
            snapshot.state = .open
            snapshot.nextProbeSeconds = now >= until ? 0 : wholeSeconds(from: now, to: until)
        case .halfOpen: snapshot.state = .halfOpen
        }
        return snapshot
    }

    // MARK: Changes

    private mutating func count(_ outcome: BreakerOutcome, now: NIODeadline, jitter: Double) {
        switch outcome {
        case .cancelled: return
        case .success:
            consecutiveFailures = 0
            window.record(failed: false, now: now)
        case .failure:
            consecutiveFailures += 1
            window.record(failed: true, now: now)
            // Only a failure opens: a success that fills up the volume is no reason to.
            let (calls, failures) = window.total(now: now)
            let isRateReached = calls >= settings.volume && Double(failures) >= settings.rate * Double(calls)
            if consecutiveFailures >= settings.failures || isRateReached {
                open(attempt: 0, now: now, jitter: jitter)
            }
        }
    }

    private mutating func open(attempt: Int, now: NIODeadline, jitter: Double) {
        var time = min(settings.open.nanoseconds, settings.openMax.nanoseconds)
        for _ in 0..<attempt where time < settings.openMax.nanoseconds {
            time = min(time * 2, settings.openMax.nanoseconds)
        }
        let shortened = Double(time) * (1 - jitter / 10)
        window.clear()
        enter(.open(until: now + .nanoseconds(Int64(shortened)), attempt: attempt))
    }

    private mutating func enter(_ next: State) {
        state = next
        generation &+= 1
        transitions += 1
    }

    private func wholeSeconds(from now: NIODeadline, to then: NIODeadline) -> Int {
        max(1, Int(((then - now).nanoseconds + 999_999_999) / 1_000_000_000))
    }
}
