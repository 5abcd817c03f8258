/// One call's place in the queue of an ``AddressPool``: stands for the call on other threads than its own.
///
/// Its member hears exactly one word of each ticket, ``PoolMember/granted(_:)`` or ``PoolMember/refused(_:)``, unless it
/// has taken the ticket back in time (``PoolSeat/withdraw(_:)``) or had it handed over
/// (``CallAdmission/Departure/handOver(to:)``).
final class QueueTicket: Sendable {
    let member: any PoolMember

    init(_ member: any PoolMember) { self.member = member }

    /// The call has a place.
    func grant() { member.granted(self) }

    /// The call has waited for too long, or in the place of one with a higher priority.
    func refuse() { member.refused(self) }
}

/// Who takes places of an ``AddressPool``: one event loop of a ``DirectTransport``, or a ``CurlTransport`` on libcurl's
/// thread. Is called on any thread, without a lock, and takes what it hears to its own.
protocol PoolMember: AnyObject, Sendable {
    func granted(_ ticket: QueueTicket)
    func refused(_ ticket: QueueTicket)
    /// To close what it has idle beyond ``PoolSeat/idle``, and then to grant the ticket, which is another member's.
    func closeIdle(for ticket: QueueTicket?)
}
