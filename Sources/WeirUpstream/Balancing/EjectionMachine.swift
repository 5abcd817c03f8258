import NIOCore

/// Whether one address of an upstream gets calls, by how those before have ended.
///
///                 failures in a row, while another address serves
///     ┌─────────┐ ─────────────────────────▶ ┌─────────┐
///     │ serving │                            │ ejected │ ◀────────────┐
///     └─────────┘ ◀───────┐                  └─────────┘              │
///                         │                       │ its time is over  │ a call fails:
///                a call   │                       ▼                   │ twice as long
///                succeeds └──────────────── ┌───────────┐ ────────────┘
///                                           │ returning │
///                                           └───────────┘
///
/// - **serving**: gets calls; failures in a row are counted. Can transition to ejected.
/// - **ejected**: gets none, until a time. Can transition to returning, by time, and to serving, where it had to take
///   a call because nobody else was left, and that went well.
/// - **returning**: gets one call at a time. Can transition to serving and ejected. The last address that serves is
///   never ejected: it goes on trying.
///
/// Driven by ``BalanceMachine``, which knows the other addresses. As with ``BreakerMachine`` an outcome counts only in
/// the stretch in which its call was let through. Beside that, an address that could not be connected to is passed over
/// for a second: the calls that come meanwhile would meet the same.
struct EjectionMachine: Sendable {
    /// How good an idea it is to call this address, best first.
    enum Standing: Int, Sendable {
        case ready
        /// Not connected to a moment ago, or returning with its call under way.
        case doubtful
        case ejected
    }

    /// Lets an outcome find the stretch that it belongs to.
    struct Ticket: Sendable, Equatable {
        fileprivate var generation: UInt64
        fileprivate var isProbe: Bool
    }

    enum Change: Sendable, Equatable {
        case ejected(TimeAmount)
        case returned
    }

    private enum State {
        case serving
        case ejected(until: NIODeadline)
        case returning(isProbeOut: Bool)
    }

    /// How long an address is passed over that could not be connected to.
    static let passedOver = TimeAmount.seconds(1)

    private let settings: EjectionSettings
    private var state = State.serving
    private var generation: UInt64 = 0
    /// Ejections without a success in between.
    private var attempt = 0
    private var passedOverUntil = NIODeadline.distantPast
    private(set) var consecutiveFailures = 0
    /// Ejections so far.
    private(set) var ejections = 0

    init(settings: EjectionSettings) { self.settings = settings }

    // MARK: Standing

    mutating func standing(now: NIODeadline) -> Standing {
        endEjection(now: now)
        switch state {
        case .ejected: return .ejected
        case .returning(isProbeOut: true): return .doubtful
        case .serving, .returning(isProbeOut: false): return now < passedOverUntil ? .doubtful : .ready
        }
    }

    /// Whether calls are not kept from it on trial.
    var isServing: Bool { if case .serving = state { true } else { false } }

    /// Serving, and its last call went well.
    var isSound: Bool { isServing && consecutiveFailures == 0 }

    /// Time left until it returns; nil where it is not ejected.
    mutating func ejectionLeft(now: NIODeadline) -> TimeAmount? {
        endEjection(now: now)
        guard case .ejected(let until) = state else { return nil }
        return until - now
    }

    // MARK: Calls

    /// A call goes to this address.
    mutating func admit(now: NIODeadline) -> Ticket {
        endEjection(now: now)
        guard case .returning(isProbeOut: false) = state else { return Ticket(generation: generation, isProbe: false) }
        state = .returning(isProbeOut: true)
        return Ticket(generation: generation, isProbe: true)
    }

    /// - Parameter isLast: no other address serves.
    mutating func report(_ ticket: Ticket, _ outcome: AddressOutcome, isLast: Bool, now: NIODeadline) -> Change? {
        endEjection(now: now)
        guard ticket.generation == generation else { return nil }
        switch outcome {
        case .success: return succeed()
        case .unreachable:
            passedOverUntil = now + Self.passedOver
            return fail(isLast: isLast, now: now)
        case .failure: return fail(isLast: isLast, now: now)
        case .nothing:
            if ticket.isProbe, case .returning = state { state = .returning(isProbeOut: false) }
            return nil
        }
    }

    // MARK: Changes

    private mutating func succeed() -> Change? {
        consecutiveFailures = 0
        attempt = 0
        passedOverUntil = .distantPast
        guard !isServing else { return nil }
        state = .serving
        return .returned
    }

    private mutating func fail(isLast: Bool, now: NIODeadline) -> Change? {
        consecutiveFailures += 1
        switch state {
        case .serving: return consecutiveFailures >= settings.failures && !isLast ? eject(now: now) : nil
        case .ejected: return nil
        case .returning:
            guard isLast else { return eject(now: now) }
            state = .returning(isProbeOut: false)
            return nil
        }
    }

    private mutating func eject(now: NIODeadline) -> Change {
        var time = min(settings.time.nanoseconds, settings.timeMax.nanoseconds)
        for _ in 0..<attempt where time < settings.timeMax.nanoseconds {
            time = min(time * 2, settings.timeMax.nanoseconds)
        }
        attempt += 1
        ejections += 1
        generation &+= 1
        state = .ejected(until: now + .nanoseconds(time))
        return .ejected(.nanoseconds(time))
    }

    private mutating func endEjection(now: NIODeadline) {
        guard case .ejected(let until) = state, now >= until else { return }
        generation &+= 1
        state = .returning(isProbeOut: false)
    }
}
