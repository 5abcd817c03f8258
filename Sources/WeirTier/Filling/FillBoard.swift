import Synchronization
import WeirCache

/// Who of this sidecar waits for answers that other sidecars fetch.
final class FillBoard: Sendable {
    struct Ticket: Sendable {
        fileprivate let key: CacheKey
        fileprivate let id: UInt64
    }

    private struct State {
        var nextID: UInt64 = 0
        var waiting: [CacheKey: [UInt64: @Sendable (FillOutcome) -> Void]] = [:]
    }

    private let state = Mutex(State())

    func wait(for key: CacheKey, _ tell: @escaping @Sendable (FillOutcome) -> Void) -> Ticket {
        state.withLock { state in
            state.nextID += 1
            state.waiting[key, default: [:]][state.nextID] = tell
            return Ticket(key: key, id: state.nextID)
        }
    }

    func leave(_ ticket: Ticket) {
        state.withLock { state in
            state.waiting[ticket.key]?[ticket.id] = nil
            if state.waiting[ticket.key]?.isEmpty == true { state.waiting[ticket.key] = nil }
        }
    }

    /// - Parameter message: as ``message(_:_:)`` makes it; others are ignored.
    func received(_ message: String) {
        let parts = message.split(separator: " ")
        guard parts.count == 2, let outcome = FillOutcome(rawValue: String(parts[0])), let key = CacheKey(hex: parts[1])
        else { return }
        let waiting = state.withLock { $0.waiting[key] ?? [:] }
        for tell in waiting.values { tell(outcome) }
    }

    /// What is published when a fetch is over.
    static func message(_ key: CacheKey, _ outcome: FillOutcome) -> String { "\(outcome.rawValue) \(key)" }
}
