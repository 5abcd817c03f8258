import NIOCore

/// Which calls may go now without being refused for their upstream's limits, and which wait, in the order of
/// ``CallPriority``.
///
///     arrive ─┬─ there is room ────────────────▶ go ── its answer tells the limits anew
///             ├─ there will be in time ─▶ waits ─┬─ room ─▶ go
///             │                                  ├─ too late, or displaced ─▶ refused
///             │                                  └─ withdrawn
///             └─ else ─────────────────────────▶ refused
///
/// Of a key whose answers have said nothing, nothing is known and nobody waits. A pure value; ``Pacer`` holds it behind a
/// lock, tells the words it orders, and looks again when it says.
struct PaceTable: Sendable {
    enum Arrival: Sendable, Equatable {
        case go(PacePass)
        case waits
        case refused(after: TimeAmount)
    }

    /// What is to be done outside.
    struct Orders: Sendable {
        var words: [(ticket: PaceTicket, word: PaceWord)] = []
        /// ``look(_:now:)`` is to be called then, besides what has been ordered before.
        var wakeAt: NIODeadline?
    }

    private let settings: PaceSettings
    private var entries: [PaceKey: PaceEntry] = [:]
    private(set) var waiting = 0

    init(settings: PaceSettings) { self.settings = settings }

    var count: Int { entries.count }

    /// A call wants to go.
    /// - Parameter deadline: until when it would wait.
    mutating func arrive(
        _ ticket: PaceTicket,
        _ key: PaceKey,
        _ priority: CallPriority,
        now: NIODeadline,
        until deadline: NIODeadline
    ) -> (Arrival, Orders) {
        let others = waiting
        var orders = Orders()
        let arrival = change(key) { [settings] entry -> Arrival in
            entry.use(now: now)
            let wait = entry.wait(for: ticket.tokens, now: now)
            if entry.queue.isEmpty, wait == .zero { return .go(entry.take(ticket.tokens, key, now: now)) }
            guard now + wait < deadline else { return .refused(after: wait) }
            entry.queue.bound = entry.queue.count + max(0, settings.pending - others)
            switch entry.queue.arrive(ticket, 0, priority, now: now, until: deadline) {
            case .waits: break
            case .displaces(let other):
                orders.words.append((other, .refused(after: entry.wait(for: other.tokens, now: now))))
            case .refused: return .refused(after: wait)
            }
            entry.serve(key, now: now, &orders)
            return .waits
        }
        return (arrival ?? .go(PacePass(key: key)), orders)
    }

    /// An answer has come to a call that was let go.
    mutating func told(_ pass: PacePass, _ fields: RateLimitFields, now: NIODeadline) -> Orders {
        var orders = Orders()
        guard fields.requests != nil || fields.tokens != nil else { return orders }
        if entries[pass.key] == nil {
            makeRoom()
            entries[pass.key] = PaceEntry(usedAt: now)
        }
        _ = change(pass.key) { [settings] entry in
            entry.tell(pass, fields, now: now, settings: settings)
            entry.serve(pass.key, now: now, &orders)
        }
        return orders
    }

    /// A waiting call does not want to go any more.
    mutating func withdraw(_ ticket: PaceTicket, of key: PaceKey, now: NIODeadline) -> Orders {
        _ = change(key) { $0.queue.remove(ticket) }
        return look(key, now: now)
    }

    /// Time has passed.
    mutating func look(_ key: PaceKey, now: NIODeadline) -> Orders {
        var orders = Orders()
        _ = change(key) { entry in
            entry.wake(now: now)
            entry.serve(key, now: now, &orders)
        }
        return orders
    }

    /// What was said is forgotten, and who waits goes.
    /// - Parameter service: nil for all of them.
    mutating func forget(_ service: Service?) -> Orders {
        var orders = Orders()
        for key in Array(entries.keys) where service == nil || key.service == service {
            _ = change(key) { entry in
                while let next = entry.queue.popFirst() { orders.words.append((next.waiter, .go(PacePass(key: key)))) }
            }
            entries[key] = nil
        }
        return orders
    }

    /// Changes an entry in its place: what waits there is not copied.
    private mutating func change<Result>(_ key: PaceKey, _ action: (inout PaceEntry) -> Result) -> Result? {
        guard let index = entries.index(forKey: key) else { return nil }
        waiting -= entries.values[index].queue.count
        defer { waiting += entries.values[index].queue.count }
        return action(&entries.values[index])
    }

    /// The one goes that has not been asked for the longest, of those where nobody waits.
    private mutating func makeRoom() {
        guard entries.count >= settings.entries else { return }
        let idle = entries.filter { $0.value.queue.isEmpty }
        if let oldest = idle.min(by: { $0.value.usedAt < $1.value.usedAt }) { entries[oldest.key] = nil }
    }
}
