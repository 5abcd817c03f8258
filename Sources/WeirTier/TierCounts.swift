import Synchronization

/// How often each ``TierEvent`` has been, counted by all event loops.
final class TierCounts: Sendable {
    private let counts: Mutex<[TierEvent: UInt64]> = Mutex([:])

    func add(_ event: TierEvent) { counts.withLock { $0[event, default: 0] += 1 } }

    var all: [TierEvent: UInt64] { counts.withLock { $0 } }
}
