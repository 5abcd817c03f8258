import NIOCore
import WeirCache
import WeirHTTP

/// What purges cost in a full store, and what hits see of them.
struct Purges {
    private static let sample = Sample(bodyBytes: 100)
    /// How many entries carry each of the tags that are purged.
    private static let sizes = [10, 1000, 100_000]

    let scale: Scale

    func run() async {
        let table = Table(
            "Purges among \(grouped(scale.entries)) entries with two tags each, and hits on another thread meanwhile",
            ["purge", "", "entries", "ms"] + Latencies.columns
        )
        let store = MemoryStore(settings: CacheSettings(memory: 8 << 30))
        // Those that are purged come first; the bystander asks for the rest.
        let purged = Self.sizes.reduce(0, +)
        let bystander = Bystander(store: store, keys: purged..<scale.entries + purged)
        fill(store, 0..<scale.entries + purged)
        let idle = await bystander.watch {
            let end = NIODeadline.now() + .milliseconds(500)
            while NIODeadline.now() < end {}
        }
        table.row(["none", "", "", ""] + idle.lookups.cells)
        for softly in [true, false] {
            let glob = await bystander.watch {
                store.purge(.pattern(GlobPattern("/purged/*/1000")), softly: softly)
            }
            table.row(cells("glob over paths", softly, glob))
            fill(store, 0..<purged)
            for size in Self.sizes {
                let watched = await bystander.watch { store.purge(.tags(["tag:\(size)"]), softly: softly) }
                table.row(cells("tag", softly, watched))
            }
            fill(store, 0..<purged)
        }
        let distinct = await bystander.watch { store.purge(.pattern(GlobPattern("tag:1*0"))) }
        table.row(cells("glob over tags", false, distinct))
        let all = NIODeadline.now()
        let count = store.purge(.all)
        let nanoseconds = (NIODeadline.now() - all).nanoseconds
        table.row(["everything", "hard", grouped(count), millis(nanoseconds)] + Latencies.columns.map { _ in "" })
    }

    private func cells(
        _ name: String,
        _ softly: Bool,
        _ watched: (result: Int, nanoseconds: Int64, lookups: Latencies)
    ) -> [String] {
        [name, softly ? "soft" : "hard", grouped(watched.result), millis(watched.nanoseconds)] + watched.lookups.cells
    }

    private func fill(_ store: MemoryStore, _ numbers: Range<Int>) {
        for number in numbers {
            var (tags, path) = (["course:\(number % 1000)"], "/courses/\(number)")
            var first = 0
            for size in Self.sizes {
                if number - first < size, number >= first {
                    tags.append("tag:\(size)")
                    path = "/purged/\(number - first)/\(size)"
                }
                first += size
            }
            if tags.count == 1 { tags.append("user:\(number)") }
            let outcome = store.insert(
                Self.sample.response(Sample.key(number), tags: tags, path: path),
                since: store.mark()
            )
            precondition(outcome == .stored, "Cannot store a sample")
        }
    }
}
