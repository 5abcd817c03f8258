import NIOCore
import Synchronization

/// The places of one address of an upstream, for all event loops, and through reloads: a ``CallAdmission`` behind a lock
/// that is held for nanoseconds, and word to those whose calls it concerns.
///
/// A call that is admitted takes the lock once at its start and once at its end, and allocates nothing. Nobody is called
/// under the lock.
package final class AddressPool: Sendable {
    private struct State {
        var admission: CallAdmission<QueueTicket>
        /// By seat.
        var members: [(any PoolMember)?] = []
    }

    let address: UpstreamURL
    /// What libcurl has open, less its calls under way: it keeps its connections itself, and so many lie idle there.
    let curlSurplus = Atomic(0)
    private let state: Mutex<State>

    init(address: UpstreamURL, _ settings: PoolSettings) {
        self.address = address
        state = Mutex(State(admission: CallAdmission(limit: settings.max, bound: settings.pending)))
    }

    var limit: Int { state.withLock { $0.admission.limit } }

    var gauges: PoolGauges {
        let surplus = curlSurplus.load(ordering: .relaxed)
        return state.withLock { state in
            let admission = state.admission
            return PoolGauges(
                active: admission.running,
                idle: admission.idle + max(0, surplus),
                pending: admission.waiting,
                max: admission.limit
            )
        }
    }

    func join(_ member: any PoolMember) -> PoolSeat {
        let number = state.withLock { state in
            let number = state.admission.addSeat()
            if number == state.members.count { state.members.append(nil) }
            state.members[number] = member
            return number
        }
        return PoolSeat(pool: self, member: member, number: number)
    }

    /// A reload has other bounds for this address. Calls under way and waiting go on.
    func change(to settings: PoolSettings) {
        let (granted, closing) = state.withLock { state in
            let change = state.admission.change(limit: settings.max, bound: settings.pending)
            return (change.granted, change.closing.map { state.members[$0] })
        }
        for ticket in granted { ticket.grant() }
        for member in closing { member?.closeIdle(for: nil) }
    }

    // MARK: For seats

    func leave(_ seat: Int) {
        state.withLock { state in
            state.admission.removeSeat(seat)
            state.members[seat] = nil
        }
    }

    func enter(
        _ seat: Int,
        of member: any PoolMember,
        _ priority: CallPriority,
        now: NIODeadline,
        until deadline: NIODeadline
    ) -> PoolSeat.Entry {
        var ticket: QueueTicket?
        let (arrival, closing) = state.withLock { state in
            let arrival = state.admission.arrive(at: seat, priority, now: now, until: deadline) {
                let made = QueueTicket(member)
                ticket = made
                return made
            }
            guard case .connectAfter(let other) = arrival else { return (arrival, nil as (any PoolMember)?) }
            return (arrival, state.members[other])
        }
        switch arrival {
        case .useIdle: return .useIdle
        case .connect: return .connect
        case .refuse: return .refuse
        case .wait: break
        case .waitDisplacing(let other): other.refuse()
        case .connectAfter:
            let granted = QueueTicket(member)
            closing?.closeIdle(for: granted)
            return .wait(granted)
        }
        guard let ticket else { preconditionFailure("Cannot wait without a ticket") }
        return .wait(ticket)
    }

    /// Refuses those of all seats that have waited too long.
    /// - Returns: when to look again; nil where nobody waits.
    func expire(now: NIODeadline) -> NIODeadline? {
        let (expired, next) = state.withLock { ($0.admission.expire(now: now), $0.admission.nextDeadline) }
        for ticket in expired { ticket.refuse() }
        return next
    }

    func withAdmission<Result: Sendable>(_ event: (inout CallAdmission<QueueTicket>) -> Result) -> Result {
        state.withLock { event(&$0.admission) }
    }
}
