import NIOCore
import Synchronization
import WeirCache
import WeirHTTP
import WeirTraces

/// Hits on another thread, and how long each of them takes while something else is done to the store.
struct Bystander {
    private final class Progress: Sendable {
        let hasBegun = Atomic(false)
        let isDone = Atomic(false)
    }

    let store: MemoryStore
    /// What it asks for, at random.
    let keys: Range<Int>
    /// Keys are multiples of this.
    var stride = 1

    /// - Returns: what `body` returned and how long it took, in nanoseconds; and the lookups meanwhile.
    func watch<Result>(_ body: () -> Result) async -> (result: Result, nanoseconds: Int64, lookups: Latencies) {
        let progress = Progress()
        let lookups = Task.detached { look(until: progress) }
        while !progress.hasBegun.load(ordering: .acquiring) { await Task.yield() }
        let start = NIODeadline.now()
        let result = body()
        let nanoseconds = (NIODeadline.now() - start).nanoseconds
        progress.isDone.store(true, ordering: .releasing)
        return (result, nanoseconds, await lookups.value)
    }

    private func look(until progress: Progress) -> Latencies {
        var latencies = Latencies()
        var generator = SplitMix64(state: 3)
        let request = FieldSection()
        for _ in 0..<100_000 { _ = store.lookup(key(using: &generator), request: request) }
        progress.hasBegun.store(true, ordering: .releasing)
        repeat {
            let key = key(using: &generator)
            let start = NIODeadline.now()
            let found = store.lookup(key, request: request, now: start)
            latencies.add((NIODeadline.now() - start).nanoseconds)
            guard case .hit = found else { preconditionFailure("Cannot miss what nobody has removed") }
        } while !progress.isDone.load(ordering: .acquiring)
        return latencies
    }

    private func key(using generator: inout SplitMix64) -> CacheKey {
        Sample.key(Int.random(in: keys, using: &generator) * stride)
    }
}

extension Latencies {
    static let columns = ["p50, µs", "p99, µs", "p99.9, µs", "longest, µs"]

    var cells: [String] {
        [micros(percentile(0.5)), micros(percentile(0.99)), micros(percentile(0.999)), micros(longest)]
    }
}
