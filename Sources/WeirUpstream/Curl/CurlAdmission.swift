import NIOCore

/// Which calls to one upstream may run, and which wait their turn.
///
///     arrive ─┬─ running < limit ──────▶ running ── leave ──▶ the first that waits runs
///             ├─ waiting < bound ──────▶ waiting ─┬─ abandon
///             │                                   ├─ expire (waited too long)
///             │                                   └─ displaced by a call of a higher priority
///             └─ else ─────────────────▶ refused
///
/// Calls wait in a ``WaitingQueue``. Driven by ``CurlLoop``, on its thread; starts nothing itself.
struct CurlAdmission<Call: AnyObject> {
    enum Arrival {
        case start
        case wait
        /// Wait, in the place of this one, which is to be refused.
        case waitDisplacing(Call)
        case refuse
    }

    private let limit: Int
    private(set) var running = 0
    private var queue: WaitingQueue<Call>

    /// - Parameters:
    ///   - limit: calls running at once.
    ///   - bound: calls waiting at once.
    init(limit: Int, bound: Int) {
        self.limit = limit
        queue = WaitingQueue(bound: bound)
    }

    var waiting: Int { queue.count }
    var isIdle: Bool { running == 0 && queue.isEmpty }
    /// When ``expire(now:)`` is next of use.
    var nextDeadline: NIODeadline? { queue.nextDeadline }

    mutating func arrive(_ call: Call, _ priority: CallPriority = .standard, deadline: NIODeadline) -> Arrival {
        if running < limit {
            running += 1
            return .start
        }
        return switch queue.arrive(call, priority, until: deadline) {
        case .waits: .wait
        case .displaces(let other): .waitDisplacing(other)
        case .refused: .refuse
        }
    }

    /// A running call has ended.
    /// - Returns: the call that runs in its place.
    mutating func leave() -> Call? {
        precondition(running > 0, "Cannot leave while nothing is running")
        if let next = queue.popFirst() { return next }
        running -= 1
        return nil
    }

    /// Takes a waiting call out of the queue.
    mutating func abandon(_ call: Call) { _ = queue.remove(call) }

    /// The calls that have waited too long, taken out of the queue.
    mutating func expire(now: NIODeadline) -> [Call] { queue.expire(now: now) }

    /// Forgets all calls, running and waiting.
    mutating func clear() {
        running = 0
        _ = queue.removeAll()
    }
}
