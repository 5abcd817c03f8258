import NIOCore
import WeirCache
import WeirHTTP
import WeirTraces

/// How many hits there are in a second, from one thread and from two.
struct Lookups {
    let scale: Scale

    func run() async {
        let table = Table(
            "Hits among \(grouped(scale.entries)) entries, keys by Zipf's law",
            ["threads", "lookups/s", "ns of each thread"]
        )
        let store = MemoryStore(settings: CacheSettings(memory: 8 << 30))
        let sample = Sample(bodyBytes: 100)
        for number in 0..<scale.entries {
            _ = store.insert(sample.response(Sample.key(number)), since: store.mark())
        }
        let zipf = Zipf(count: scale.entries)
        for threads in 1...2 {
            let start = NIODeadline.now()
            await withTaskGroup { group in
                for thread in 0..<threads { group.addTask { look(into: store, zipf, seed: thread) } }
            }
            let seconds = Double((NIODeadline.now() - start).nanoseconds) / 1e9
            let lookups = Double(scale.lookups * threads)
            table.row([
                String(threads), grouped(Int(lookups / seconds)),
                decimal(seconds * 1e9 / Double(scale.lookups), digits: 0),
            ])
        }
    }

    private func look(into store: MemoryStore, _ zipf: Zipf, seed: Int) {
        var generator = SplitMix64(state: UInt64(seed))
        let request = FieldSection()
        let now = NIODeadline.now()
        for _ in 0..<scale.lookups {
            let key = Sample.key(zipf.next(using: &generator))
            guard case .hit = store.lookup(key, request: request, now: now) else {
                preconditionFailure("Cannot miss what has been stored")
            }
        }
    }
}
