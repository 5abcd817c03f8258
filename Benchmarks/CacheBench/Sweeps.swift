import NIOCore
import WeirCache
import WeirHTTP

/// How long it takes until nothing useless is left where nothing comes in, and what hits see of it.
struct Sweeps {
    let scale: Scale

    func run() async {
        let table = Table(
            "Sweeps of \(grouped(scale.entries)) entries, one call after the other (a worker makes one every 250 ms), and "
                + "hits on another thread meanwhile",
            ["entries that are", "calls", "a call, µs", "the longest, µs"] + Latencies.columns
        )
        let now = NIODeadline.now()
        let dying = Sample(bodyBytes: 100, lifetime: 10, receivedAt: now - .hours(1), isValidatable: false)
        let living = Sample(bodyBytes: 100)
        let store = MemoryStore(settings: CacheSettings(memory: 8 << 30))
        for number in 0..<scale.entries {
            let sample = number < scale.entries / 2 ? living : dying
            _ = store.insert(sample.response(Sample.key(number)), since: store.mark())
        }
        let bystander = Bystander(store: store, keys: 0..<scale.entries / 2)
        for name in ["useless, half of them", "of use"] {
            let watched = await bystander.watch { sweep(store, now: now) }
            let (calls, total, longest) = watched.result
            table.row(
                [name, grouped(calls), micros(total / Int64(calls)), micros(longest)] + watched.lookups.cells
            )
        }
        precondition(store.statistics.entries == scale.entries / 2, "Cannot keep what is useless")
    }

    /// Until nothing has left for as many calls as it takes to see every entry.
    private func sweep(_ store: MemoryStore, now: NIODeadline) -> (calls: Int, nanoseconds: Int64, longest: Int64) {
        var (calls, idle, total, longest) = (0, 0, Int64(0), Int64(0))
        var entries = store.statistics.entries
        while idle < scale.entries / 4096 {
            let start = NIODeadline.now()
            store.sweep(now: now)
            let nanoseconds = (NIODeadline.now() - start).nanoseconds
            calls += 1
            total += nanoseconds
            longest = max(longest, nanoseconds)
            let left = store.statistics.entries
            idle = left == entries ? idle + 1 : 0
            entries = left
        }
        return (calls, total, longest)
    }
}
