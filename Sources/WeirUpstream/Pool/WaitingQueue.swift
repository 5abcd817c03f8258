import NIOCore

/// The calls that wait for a place at one address of an upstream: by priority, and first come first served within one,
/// whatever their seats (``CallAdmission``).
///
///     critical   a ─ b          ◀─ the next place goes to a
///     default    c
///     bulk       d ─ e ─ f      ◀─ f makes room when the queue is full and something better comes
///
/// First come, first served is to within ``leeway``: of those who came at once, the one goes first that can have a
/// connection as it is. To go by the microsecond would close a connection for most calls that have waited, and open
/// another on the next one's event loop.
///
/// Priority is strict: nothing of a lower one is served while anything of a higher one waits. What starves runs into its
/// deadline and is refused, so that nobody waits for ever.
struct WaitingQueue<Waiter: AnyObject> {
    enum Arrival {
        case waits
        /// The queue was full: this one, the newest of the lowest priority below, has left it and is to be refused.
        case displaces(Waiter)
        case refused
    }

    struct Waiting {
        var waiter: Waiter
        var seat: Int
        fileprivate var since: NIODeadline
        fileprivate var deadline: NIODeadline
    }

    /// By so much one call may come later than another and yet go before it.
    static var leeway: TimeAmount { .milliseconds(10) }
    /// So many are looked at for one that can.
    static var reach: Int { 64 }

    /// How many wait at most; 0 refuses everybody.
    var bound: Int
    private var lines: [CircularBuffer<Waiting>]
    private(set) var count = 0
    /// No deadline lies before this. It may itself lie before all of them, since those who leave do not move it.
    private var earliest = NIODeadline.distantFuture

    init(bound: Int) {
        self.bound = bound
        lines = CallPriority.allCases.map { _ in [] }
    }

    var isEmpty: Bool { count == 0 }

    /// Who has come first of those with the highest priority.
    var first: Waiter? { lines.first { !$0.isEmpty }?.first?.waiter }

    /// When ``expire(now:)`` is next of use; it may turn out to be none. nil where nobody waits.
    var nextDeadline: NIODeadline? { isEmpty ? nil : earliest }

    mutating func arrive(
        _ waiter: Waiter,
        _ seat: Int,
        _ priority: CallPriority,
        now: NIODeadline,
        until deadline: NIODeadline
    ) -> Arrival {
        let waiting = Waiting(waiter: waiter, seat: seat, since: now, deadline: deadline)
        guard count >= bound else {
            append(waiting, priority)
            return .waits
        }
        let lower = CallPriority.allCases.last { $0 < priority && !lines[$0.rawValue].isEmpty }
        guard let lower, let displaced = lines[lower.rawValue].popLast() else { return .refused }
        count -= 1
        append(waiting, priority)
        return .displaces(displaced.waiter)
    }

    private mutating func append(_ waiting: Waiting, _ priority: CallPriority) {
        earliest = isEmpty ? waiting.deadline : min(earliest, waiting.deadline)
        lines[priority.rawValue].append(waiting)
        count += 1
    }

    /// Who is served next, out of the queue.
    /// - Parameter seat: where a connection is at hand; nil where none is.
    mutating func popFirst(preferring seat: Int? = nil) -> Waiting? {
        for line in lines.indices {
            bringForward(in: &lines[line], seat)
            guard let first = lines[line].popFirst() else { continue }
            count -= 1
            return first
        }
        return nil
    }

    /// Puts the first of a seat that came with the first of all before it.
    private func bringForward(in line: inout CircularBuffer<Waiting>, _ seat: Int?) {
        guard let seat, let first = line.first, first.seat != seat else { return }
        let near = line.prefix(Self.reach).prefix { $0.since - first.since <= Self.leeway }
        guard var place = near.enumerated().first(where: { $0.element.seat == seat })?.offset else { return }
        while place > 0 {
            line.swapAt(line.index(line.startIndex, offsetBy: place), line.index(line.startIndex, offsetBy: place - 1))
            place -= 1
        }
    }

    /// - Returns: whether it waited.
    mutating func remove(_ waiter: Waiter) -> Bool {
        for line in lines.indices {
            guard let index = lines[line].firstIndex(where: { $0.waiter === waiter }) else { continue }
            lines[line].remove(at: index)
            count -= 1
            return true
        }
        return false
    }

    /// Those who have waited too long, out of the queue.
    mutating func expire(now: NIODeadline) -> [Waiter] {
        guard !isEmpty, earliest <= now else { return [] }
        var expired: [Waiter] = []
        earliest = .distantFuture
        for line in lines.indices {
            for waiting in lines[line] {
                if waiting.deadline <= now {
                    expired.append(waiting.waiter)
                } else {
                    earliest = min(earliest, waiting.deadline)
                }
            }
            lines[line].removeAll { $0.deadline <= now }
        }
        count -= expired.count
        return expired
    }

    /// Everybody from a seat, out of the queue, in the order in which they would have been served.
    mutating func removeAll(at seat: Int) -> [Waiter] {
        var removed: [Waiter] = []
        for line in lines.indices {
            removed += lines[line].filter { $0.seat == seat }.map(\.waiter)
            lines[line].removeAll { $0.seat == seat }
        }
        count -= removed.count
        return removed
    }
}

extension WaitingQueue: Sendable where Waiter: Sendable {}
extension WaitingQueue.Waiting: Sendable where Waiter: Sendable {}
extension WaitingQueue.Arrival: Sendable where Waiter: Sendable {}
