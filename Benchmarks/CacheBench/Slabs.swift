import NIOCore
import WeirCache
import WeirHTTP

/// What it costs a shard to grow large, and to give memory back when nearly all has left, and what hits see of that.
struct Slabs {
    private static let sample = Sample(bodyBytes: 100)

    let scale: Scale

    func run() async {
        let entries = scale.entries / 5
        let table = Table(
            "One shard of \(grouped(entries)) entries with two tags each, of which all but one in twenty leave, and hits on "
                + "another thread meanwhile",
            ["", "calls", "a call, µs", "the longest, µs"] + Latencies.columns
        )
        let store = MemoryStore(settings: CacheSettings(memory: 8 << 30), shards: 1)
        let stay = entries / 20
        for number in 0..<stay { insert(number * 20, into: store) }
        let bystander = Bystander(store: store, keys: 0..<stay, stride: 20)
        let grown = await bystander.watch { () -> Latencies in
            var inserts = Latencies()
            for number in 0..<entries where number % 20 != 0 {
                let start = NIODeadline.now()
                insert(number, into: store)
                inserts.add((NIODeadline.now() - start).nanoseconds)
            }
            return inserts
        }
        row(table, "growing: inserts", grown.result, grown.nanoseconds, grown.lookups)
        precondition(store.purge(.tags(["goes"])) == entries - stay, "Cannot purge what is not there")
        let shrunk = await bystander.watch { () -> Latencies in
            var sweeps = Latencies()
            for _ in 0..<100 {
                let start = NIODeadline.now()
                store.sweep(now: start)
                sweeps.add((NIODeadline.now() - start).nanoseconds)
            }
            return sweeps
        }
        row(table, "shrinking: sweeps", shrunk.result, shrunk.nanoseconds, shrunk.lookups)
    }

    private func row(_ table: Table, _ name: String, _ calls: Latencies, _ total: Int64, _ lookups: Latencies) {
        table.row(
            [name, grouped(calls.count), micros(total / Int64(calls.count)), micros(calls.longest)] + lookups.cells
        )
    }

    private func insert(_ number: Int, into store: MemoryStore) {
        let tags = ["user:\(number)", number % 20 == 0 ? "stays" : "goes"]
        let outcome = store.insert(Self.sample.response(Sample.key(number), tags: tags), since: store.mark())
        precondition(outcome == .stored, "Cannot store a sample")
    }
}
