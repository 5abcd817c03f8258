import NIOCore

/// Which calls to one address of an upstream have a place, and which wait for one.
///
///     arrive ─┬─ running < limit ──────▶ running ── depart ──▶ the first that waits runs
///             ├─ waiting < bound ──────▶ waiting ─┬─ withdraw
///             │                                   ├─ expire (waited too long)
///             │                                   └─ displaced by a call of a higher priority
///             └─ else ─────────────────▶ refused
///
/// A call comes from a **seat**: one event loop of one transport, or libcurl's thread. A place goes to the first in a
/// ``WaitingQueue``, whatever its seat; a connection stays at the seat that has opened it. So this also counts the idle
/// connections of each seat, and sees to it that
/// - nobody waits while a place is free: `waiting > 0` only where `running >= limit`;
/// - no more connections are open than there are places: `running + idle <= limit`. Where a call needs a new one while
///   others lie idle elsewhere, one of those is closed first, and the call goes on when it is.
///
/// Lowering the limit ends nothing: places that become free are not given away until few enough are taken.
///
/// Pure: ``AddressPool`` holds it behind a lock, and seats do what it says. A place is never forgotten: each that is
/// taken by ``arrive(at:_:now:until:ticket:)``, or given to a call that waited, comes back through exactly one
/// ``depart(from:parks:)``.
struct CallAdmission<Ticket: AnyObject> {
    enum Arrival {
        /// On an idle connection of its seat.
        case useIdle
        /// On a new connection.
        case connect
        /// On a new connection, as soon as that seat has closed an idle one; the place is taken already.
        case connectAfter(closingAt: Int)
        case wait
        /// Wait, in the place of this one, which is to be refused.
        case waitDisplacing(Ticket)
        /// All places are taken and the queue is full of others that do not go behind it.
        case refuse
    }

    /// What becomes of the connection whose call is over, and of its place.
    enum Departure {
        /// The connection lies idle from here on.
        case park
        case close
        /// The place is this call's, from the same seat, and the connection too where it can be used again.
        case handOver(to: Ticket)
        /// The place is this call's, from another seat, as soon as the connection is closed.
        case grant(to: Ticket)
    }

    /// What a new limit asks for.
    struct Change {
        /// Those that have a place now.
        var granted: [Ticket] = []
        /// Seats that have an idle connection to close, each once for every connection.
        var closing: [Int] = []
    }

    private(set) var limit: Int
    private(set) var running = 0
    private(set) var idle = 0
    private var queue: WaitingQueue<Ticket>
    /// Idle connections that may be used again, by seat.
    private var idleAtSeat: [Int] = []
    private var freeSeats: [Int] = []

    /// - Parameters:
    ///   - limit: calls running at once, at least 1.
    ///   - bound: calls waiting at once; 0 refuses every call that would have to wait.
    init(limit: Int, bound: Int) {
        precondition(limit > 0, "Cannot admit calls without a place")
        self.limit = limit
        queue = WaitingQueue(bound: bound)
    }

    var waiting: Int { queue.count }
    /// When ``expire(now:)`` is next of use; it may turn out to be none. nil where nobody waits.
    var nextDeadline: NIODeadline? { queue.nextDeadline }

    // MARK: Seats

    mutating func addSeat() -> Int {
        if let seat = freeSeats.popLast() { return seat }
        idleAtSeat.append(0)
        return idleAtSeat.count - 1
    }

    /// It has no calls and no connections any more, and its number is given to another.
    mutating func removeSeat(_ seat: Int) {
        settle(seat, idle: 0)
        freeSeats.append(seat)
    }

    // MARK: Calls

    /// - Parameters:
    ///   - deadline: how long the call may wait.
    ///   - ticket: asked for where no place is free.
    mutating func arrive(
        at seat: Int,
        _ priority: CallPriority = .standard,
        now: NIODeadline,
        until deadline: NIODeadline,
        ticket: () -> Ticket
    ) -> Arrival {
        guard running < limit else {
            return switch queue.arrive(ticket(), seat, priority, now: now, until: deadline) {
            case .waits: .wait
            case .displaces(let other): .waitDisplacing(other)
            case .refused: .refuse
            }
        }
        running += 1
        if takeIdle(of: seat) { return .useIdle }
        guard running + idle > limit else { return .connect }
        return .connectAfter(closingAt: giveUpIdle())
    }

    /// A call is over.
    /// - Parameter parks: its connection is good for another, and its seat would keep it: who came with the first of all and
    ///   can have it goes before.
    mutating func depart(from seat: Int, parks: Bool) -> Departure {
        precondition(running > 0, "Cannot depart while nothing is running")
        if running <= limit, let next = queue.popFirst(preferring: parks ? seat : nil) {
            return next.seat == seat ? .handOver(to: next.waiter) : .grant(to: next.waiter)
        }
        running -= 1
        guard parks, running + idle < limit else { return .close }
        idle += 1
        idleAtSeat[seat] += 1
        return .park
    }

    /// A waiting call does not want its place any more.
    /// - Returns: whether it waited; if not, it has been given a place, or refused, just now.
    mutating func withdraw(_ ticket: Ticket) -> Bool { queue.remove(ticket) }

    /// Those that have waited too long, out of the queue.
    mutating func expire(now: NIODeadline) -> [Ticket] { queue.expire(now: now) }

    /// Everybody who waits at a seat, out of the queue.
    mutating func removeWaiting(at seat: Int) -> [Ticket] { queue.removeAll(at: seat) }

    // MARK: Idle connections

    /// For a call that has a place: whether it may have an idle connection of its seat.
    mutating func takeIdle(of seat: Int) -> Bool {
        guard idleAtSeat[seat] > 0 else { return false }
        idleAtSeat[seat] -= 1
        idle -= 1
        return true
    }

    /// A seat has lost idle connections.
    /// - Parameter count: so many are left, those included that it has been asked to close.
    mutating func settle(_ seat: Int, idle count: Int) {
        let lost = max(0, idleAtSeat[seat] - count)
        idleAtSeat[seat] -= lost
        idle -= lost
    }

    /// How many idle connections a seat may keep.
    func idle(at seat: Int) -> Int { idleAtSeat[seat] }

    /// - Returns: the seat that has one idle connection to close: one that has the most.
    private mutating func giveUpIdle() -> Int {
        let seats = idleAtSeat.indices
        guard let seat = seats.max(by: { idleAtSeat[$0] < idleAtSeat[$1] }), takeIdle(of: seat) else {
            preconditionFailure("Cannot give up an idle connection where there is none")
        }
        return seat
    }

    // MARK: Bounds

    /// Those who wait already stay, however many.
    mutating func change(limit: Int, bound: Int) -> Change {
        precondition(limit > 0, "Cannot admit calls without a place")
        self.limit = limit
        queue.bound = bound
        var change = Change()
        while running < limit, let next = queue.popFirst() {
            running += 1
            change.granted.append(next.waiter)
        }
        while idle > 0, running + idle > limit { change.closing.append(giveUpIdle()) }
        return change
    }
}

extension CallAdmission.Arrival: Sendable where Ticket: Sendable {}
extension CallAdmission.Departure: Sendable where Ticket: Sendable {}
extension CallAdmission.Change: Sendable where Ticket: Sendable {}
