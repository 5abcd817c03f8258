import NIOCore

/// A member's part in an ``AddressPool``. Used on its member's thread alone, and an object of its own, so that calls do not
/// count references to what all threads share.
final class PoolSeat {
    enum Entry {
        /// On the newest of the member's idle connections.
        case useIdle
        case connect
        /// The member hears of this ticket, on a later turn of its thread.
        case wait(QueueTicket)
        case refuse
    }

    let pool: AddressPool
    private let member: any PoolMember
    private let number: Int

    init(pool: AddressPool, member: any PoolMember, number: Int) {
        self.pool = pool
        self.member = member
        self.number = number
    }

    /// Nothing of the member's runs, waits or lies idle any more.
    func leave() { pool.leave(number) }

    // MARK: Calls

    /// - Parameter deadline: how long the call may wait.
    func enter(_ priority: CallPriority, now: NIODeadline, until deadline: NIODeadline) -> Entry {
        pool.enter(number, of: member, priority, now: now, until: deadline)
    }

    /// - Parameter parks: the call's connection is good for another, and the member would keep it.
    func depart(parks: Bool) -> CallAdmission<QueueTicket>.Departure {
        pool.withAdmission { $0.depart(from: number, parks: parks) }
    }

    /// - Returns: false where there is still word to come of the ticket.
    func withdraw(_ ticket: QueueTicket) -> Bool { pool.withAdmission { $0.withdraw(ticket) } }

    /// - Returns: the member's tickets that waited still.
    func removeWaiting() -> [QueueTicket] { pool.withAdmission { $0.removeWaiting(at: number) } }

    // MARK: Idle connections

    /// How many the member may keep.
    var idle: Int { pool.withAdmission { $0.idle(at: number) } }

    /// For a call that has been granted a place: whether it may have an idle connection.
    func takeIdle() -> Bool { pool.withAdmission { $0.takeIdle(of: number) } }

    /// So many are left, those that it is to close included.
    func settle(idle: Int) { pool.withAdmission { $0.settle(number, idle: idle) } }
}
