import NIOCore

/// Which calls to one upstream may run, and which wait their turn.
///
///     arrive ─┬─ running < limit ──────▶ running ── leave ──▶ the first that waits runs
///             ├─ waiting < bound ──────▶ waiting ─┬─ abandon
///             │                                   └─ expire (waited too long)
///             └─ else ─────────────────▶ refused
///
/// Every call waits equally long at most, so the first in the queue is also the first to expire. Driven by
/// ``CurlLoop``, on its thread; starts nothing itself.
struct CurlAdmission<Call: AnyObject> {
    enum Arrival: Equatable {
        case start
        case wait
        case refuse
    }

    private let limit: Int
    private let bound: Int
    private(set) var running = 0
    private var queue: CircularBuffer<(call: Call, deadline: NIODeadline)> = []

    /// - Parameters:
    ///   - limit: calls running at once.
    ///   - bound: calls waiting at once.
    init(limit: Int, bound: Int) {
        self.limit = limit
        self.bound = bound
    }

    var waiting: Int { queue.count }
    var isIdle: Bool { running == 0 && queue.isEmpty }
    /// When the first waiting call has waited too long.
    var nextDeadline: NIODeadline? { queue.first?.deadline }

    mutating func arrive(_ call: Call, deadline: NIODeadline) -> Arrival {
        if running < limit {
            running += 1
            return .start
        }
        guard queue.count < bound else { return .refuse }
        queue.append((call, deadline))
        return .wait
    }

    /// A running call has ended.
    /// - Returns: the call that runs in its place.
    mutating func leave() -> Call? {
        precondition(running > 0, "Cannot leave while nothing is running")
        if let next = queue.popFirst() { return next.call }
        running -= 1
        return nil
    }

    /// Takes a waiting call out of the queue.
    mutating func abandon(_ call: Call) {
        if let index = queue.firstIndex(where: { $0.call === call }) { queue.remove(at: index) }
    }

    /// The next call that has waited too long, taken out of the queue.
    mutating func expire(now: NIODeadline) -> Call? {
        guard let first = queue.first, first.deadline <= now else { return nil }
        return queue.removeFirst().call
    }

    /// Forgets all calls, running and waiting.
    mutating func clear() {
        running = 0
        queue = []
    }
}
