import NIOCore
import Synchronization
import WeirHTTP

/// Keeps the calls of one upstream within its limits, for all event loops: a ``PaceTable`` behind a lock that nobody
/// takes as long as no answer has told any.
final class Pacer: Sendable {
    private let table: Mutex<PaceTable>
    private let count = Atomic(0)

    init(settings: PaceSettings) { table = Mutex(PaceTable(settings: settings)) }

    /// A call wants to go.
    /// - Parameter deadline: until when it would wait.
    func arrive(
        _ ticket: PaceTicket,
        _ key: PaceKey,
        _ priority: CallPriority,
        until deadline: NIODeadline,
        on eventLoop: any EventLoop
    ) -> PaceTable.Arrival {
        guard count.load(ordering: .relaxed) > 0 else { return .go(PacePass(key: key)) }
        let now = eventLoop.now
        return change(key, on: eventLoop) { $0.arrive(ticket, key, priority, now: now, until: deadline) }
    }

    /// An answer has come to a call that was let go.
    func told(_ pass: PacePass, _ head: ResponseHead, on eventLoop: any EventLoop) {
        var fields = RateLimitFields(head.fields)
        guard fields != RateLimitFields() else { return }
        if head.status == 429, let pause = RetryAfter.read(head.fields) { fields.bound(by: pause) }
        let now = eventLoop.now
        change(pass.key, on: eventLoop) { [fields] in ((), $0.told(pass, fields, now: now)) }
    }

    /// A waiting call does not want to go any more.
    func withdraw(_ ticket: PaceTicket, of key: PaceKey, on eventLoop: any EventLoop) {
        let now = eventLoop.now
        change(key, on: eventLoop) { ((), $0.withdraw(ticket, of: key, now: now)) }
    }

    /// - Parameter service: nil for all of them.
    func forget(_ service: Service?) {
        let orders = table.withLock { table in
            defer { count.store(table.count, ordering: .relaxed) }
            return table.forget(service)
        }
        for (ticket, word) in orders.words { ticket.tell(word) }
    }

    /// Calls that wait now.
    var waiting: Int { table.withLock { $0.waiting } }

    private func look(_ key: PaceKey, on eventLoop: any EventLoop) {
        let now = eventLoop.now
        change(key, on: eventLoop) { ((), $0.look(key, now: now)) }
    }

    private func change<Result: Sendable>(
        _ key: PaceKey,
        on eventLoop: any EventLoop,
        _ action: (inout PaceTable) -> (Result, PaceTable.Orders)
    ) -> Result {
        let (result, orders) = table.withLock { table in
            defer { count.store(table.count, ordering: .relaxed) }
            return action(&table)
        }
        for (ticket, word) in orders.words { ticket.tell(word) }
        if let wakeAt = orders.wakeAt {
            eventLoop.scheduleTask(deadline: wakeAt) { self.look(key, on: eventLoop) }
        }
        return result
    }
}
