import Synchronization

/// One event loop's connections and waiting calls, for others to read.
final class LoopGauges: Sendable {
    private let active = Atomic(0)
    private let idle = Atomic(0)
    private let pending = Atomic(0)

    init() {}

    func store(active: Int, idle: Int, pending: Int) {
        self.active.store(active, ordering: .relaxed)
        self.idle.store(idle, ordering: .relaxed)
        self.pending.store(pending, ordering: .relaxed)
    }

    func add(to gauges: inout PoolGauges) {
        gauges.active += active.load(ordering: .relaxed)
        gauges.idle += idle.load(ordering: .relaxed)
        gauges.pending += pending.load(ordering: .relaxed)
    }
}
