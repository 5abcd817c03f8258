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
///   frees its place; one that says nothing in its time has failed, which the next call finds out. One that waits for
///   its own client to send the request's body does not hold up the others: a call whose request is whole takes its
///   place at once, any other when its time is over. Can transition to closed and open.
///
/// ``Breaker`` drives it. An outcome counts only in the stretch of time in which its call was let through: what a call
/// from before the breaker opened has to say afterwards neither closes nor opens it. The one exception is the probe
/// that closed the breaker at its response's head: should its body break off, that is a failure of the closed state.
package struct BreakerMachine: Sendable {
    private enum State {
        case closed
        /// - Parameter attempt: how many times it has opened without closing in between, from 0.
        case open(until: NIODeadline, attempt: Int)
        /// - Parameter probe: the one that is out; nil where none is.
        case halfOpen(probe: Probe?, attempt: Int)
    }

    private struct Probe {
        /// How long it may take to say something.
        var time: TimeAmount
        var until: NIODeadline
        /// It waits for its own client.
        var isHeldByClient = false

        init(time: TimeAmount, now: NIODeadline) {
            self.time = time
            until = now + time
        }
    }

    private let settings: BreakerSettings
    private var state = State.closed
    private var window: FailureWindow
    private var consecutiveFailures = 0
    private var generation: UInt64 = 0
    /// Changes of state so far.
    private(set) var transitions = 0

    package init(settings: BreakerSettings) {
        self.settings = settings
        window = FailureWindow(length: settings.window)
    }

    // MARK: Events

    /// - Parameters:
    ///   - probeTime: how long this call may take to say something, should it become the probe.
    ///   - isWhole: its request waits for nothing from its client.
    ///   - jitter: as for ``report(_:_:now:jitter:)``; taken where a probe has run out of its time.
    package mutating func admit(
        now: NIODeadline,
        probeTime: TimeAmount,
        isWhole: Bool = true,
        jitter: @autoclosure () -> Double = 0
    ) -> Admission {
        switch state {
        case .closed:
            return .admitted(BreakerTicket(generation: generation, isProbe: false))
        case .open(let until, let attempt):
            guard now >= until else { return .refused(retryAfterSeconds: (until - now).secondsRoundedUp) }
            enter(.halfOpen(probe: Probe(time: probeTime, now: now), attempt: attempt))
            return .admitted(BreakerTicket(generation: generation, isProbe: true))
        case .halfOpen(probe: nil, let attempt):
            state = .halfOpen(probe: Probe(time: probeTime, now: now), attempt: attempt)
            return .admitted(BreakerTicket(generation: generation, isProbe: true))
        case .halfOpen(let probe?, let attempt):
            if probe.isHeldByClient, isWhole || now >= probe.until {
                freeProbe(attempt: attempt)
                return admit(now: now, probeTime: probeTime, isWhole: isWhole)
            }
            guard now >= probe.until else { return .refused(retryAfterSeconds: 1) }
            consecutiveFailures += 1
            let until = open(attempt: attempt + 1, now: now, jitter: jitter())
            return .refused(retryAfterSeconds: (until - now).secondsRoundedUp)
        }
    }

    /// Whether ``admit(now:probeTime:isWhole:jitter:)`` would refuse a call now.
    package func isRefusing(now: NIODeadline) -> Bool {
        switch state {
        case .closed: false
        case .open(let until, _): now < until
        case .halfOpen(let probe, _): probe != nil
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
                freeProbe(attempt: attempt)
            }
        }
    }

    /// The probe waits for its own client, or no longer does: its time begins anew then. Other calls' words are not of
    /// interest.
    package mutating func report(_ ticket: BreakerTicket, isHeldByClient: Bool, now: NIODeadline) {
        guard case .halfOpen(var probe?, let attempt) = state, ticket.generation == generation else { return }
        if probe.isHeldByClient, !isHeldByClient { probe = Probe(time: probe.time, now: now) }
        probe.isHeldByClient = isHeldByClient
        state = .halfOpen(probe: probe, attempt: attempt)
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
            snapshot.nextProbeSeconds = now >= until ? 0 : (until - now).secondsRoundedUp
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

    /// Another call may probe. The former probe's own later words are no longer heard.
    private mutating func freeProbe(attempt: Int) {
        state = .halfOpen(probe: nil, attempt: attempt)
        generation &+= 1
    }

    /// - Returns: until when it is open.
    @discardableResult
    private mutating func open(attempt: Int, now: NIODeadline, jitter: Double) -> NIODeadline {
        var time = min(settings.open.nanoseconds, settings.openMax.nanoseconds)
        for _ in 0..<attempt where time < settings.openMax.nanoseconds {
            time = min(time * 2, settings.openMax.nanoseconds)
        }
        let shortened = Double(time) * (1 - jitter / 10)
        window.clear()
        let until = now + .nanoseconds(Int64(shortened))
        enter(.open(until: until, attempt: attempt))
        return until
    }

    private mutating func enter(_ next: State) {
        state = next
        generation &+= 1
        transitions += 1
    }
}
