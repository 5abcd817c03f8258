import NIOCore

/// Whether one address of an upstream gets calls, by how those before have ended.
///
///                 failures in a row, while another address serves well
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
/// - **ejected**: gets none, until a time. Can transition to returning, by time, and to serving: where it had to take
///   a call because nobody else was left, and that went well, or where it is readmitted.
/// - **returning**: gets one call at a time. Can transition to serving and ejected.
///
/// The last address that serves well is never ejected. When it should be, there is nothing left to prefer it for: then
/// those that are not serving are readmitted (``readmit()``).
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
        /// It should be ejected, but no other address serves well.
        case refused
    }

    private enum State {
        case serving
        case ejected(until: NIODeadline)
        case returning(isProbeOut: Bool)
    }

    /// How long an address is passed over that could not be connected to.
    static let passedOver = TimeAmount.seconds(1)

    private var settings: EjectionSettings
    private var state = State.serving
    private var generation: UInt64 = 0
    /// Ejections without a success in between.
    private var attempt = 0
    private var passedOverUntil = NIODeadline.distantPast
    private(set) var consecutiveFailures = 0

    init(settings: EjectionSettings) { self.settings = settings }

    /// The same address by other settings: its failures and how long it is ejected stay. The place of a call on trial is
    /// free, since that call's outcome is told to the former one.
    init(settings: EjectionSettings, succeeding former: EjectionMachine) {
        self = former
        self.settings = settings
        if case .returning = state { state = .returning(isProbeOut: false) }
    }

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

    /// Calls go there as to any other, and fewer have failed in a row than eject it.
    var isServingWell: Bool { isServing && consecutiveFailures < settings.failures }

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

    /// - Parameter isLast: no other address serves well.
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

    /// No address serves well: this one gets calls like all others. It keeps its failures, so that it is not taken for
    /// one that serves well before a call has succeeded, and is ejected again when one fails while another does.
    /// - Returns: whether it was not serving.
    mutating func readmit() -> Bool {
        guard !isServing else { return false }
        generation &+= 1
        state = .serving
        return true
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
        case .serving:
            guard consecutiveFailures >= settings.failures else { return nil }
            return isLast ? .refused : eject(now: now)
        case .ejected: return nil
        case .returning:
            guard isLast else { return eject(now: now) }
            state = .returning(isProbeOut: false)
            return .refused
        }
    }

    private mutating func eject(now: NIODeadline) -> Change {
        var time = min(settings.time.nanoseconds, settings.timeMax.nanoseconds)
        for _ in 0..<attempt where time < settings.timeMax.nanoseconds {
            time = min(time * 2, settings.timeMax.nanoseconds)
        }
        attempt += 1
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
