import NIOCore
import Synchronization
import WeirHTTP

/// The cool-downs of one upstream, for all event loops: a ``CoolDownTable`` behind a lock that nobody takes as long as
/// there has been no 429.
final class CoolDowns: Sendable {
    private let table: Mutex<CoolDownTable>
    private let count = Atomic(0)

    init(settings: CoolDownSettings) { table = Mutex(CoolDownTable(settings: settings)) }

    private var isEmpty: Bool { count.load(ordering: .relaxed) == 0 }

    /// How long a call with these fields is still to wait; nil when it may go.
    func remaining(_ service: Service, _ fields: FieldSection, now: NIODeadline) -> TimeAmount? {
        guard !isEmpty, let key = CoolDownKey(service, fields) else { return nil }
        return table.withLock { $0.remaining(key, now: now) }
    }

    /// The upstream has answered such a call with 429.
    /// - Returns: how long such calls are to wait from now on; nil where nobody can be told to.
    func throttled(
        _ service: Service,
        _ fields: FieldSection,
        retryAfter: TimeAmount?,
        now: NIODeadline
    ) -> TimeAmount? {
        guard let key = CoolDownKey(service, fields) else { return nil }
        return change { $0.throttled(key, retryAfter: retryAfter, now: now) - now }
    }

    /// The upstream has answered such a call as it should.
    func succeeded(_ service: Service, _ fields: FieldSection, now: NIODeadline) {
        guard !isEmpty, let key = CoolDownKey(service, fields) else { return }
        change { $0.succeeded(key, now: now) }
    }

    /// - Parameter service: nil for all of them.
    func forget(_ service: Service?) { change { $0.forget(service) } }

    /// How many credentials wait now, by service.
    func waiting(now: NIODeadline) -> [Service: Int] { table.withLock { $0.waiting(now: now) } }

    private func change<Result: Sendable>(_ action: (inout CoolDownTable) -> Result) -> Result {
        table.withLock { table in
            defer { count.store(table.count, ordering: .relaxed) }
            return action(&table)
        }
    }
}
