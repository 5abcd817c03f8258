import CMalloc
import NIOCore
import WeirCache
import WeirHTTP

/// What an entry takes beyond its own bytes: by the allocator's own figures, and as the store counts it.
struct Overhead {
    let scale: Scale

    func run() {
        let table = Table(
            "Bytes of an entry beyond those of its body, heads, fields, path and tags: of \(grouped(scale.entries))",
            ["body", "tags", "its own bytes", "beyond them, by malloc", "as counted"]
        )
        for (body, tags) in [(100, 0), (100, 2), (100, 4), (1000, 1), (5000, 1)] {
            let entries = body > 1000 ? scale.entries / 4 : scale.entries
            measure(body: body, tags: tags, entries: entries, table)
        }
    }

    private func measure(body: Int, tags: Int, entries: Int, _ table: Table) {
        let sample = Sample(bodyBytes: body)
        malloc_trim(0)
        let before = Self.allocated()
        let store = MemoryStore(settings: CacheSettings(memory: 16 << 30))
        var payload = 0
        for number in 0..<entries {
            let path = "/courses/\(number)"
            // One that many share, one that few do, and two that it alone has.
            let names = Array(
                ["course:\(number % 1000)", "user:\(number / 10)", "url:https://example.com\(path)", "id:\(number)"]
                    .prefix(tags)
            )
            payload += sample.payload(tags: names, path: path)
            _ = store.insert(sample.response(Sample.key(number), tags: names, path: path), since: store.mark())
        }
        let taken = Self.allocated() - before
        let statistics = store.statistics
        precondition(statistics.entries == entries, "Cannot measure what has been evicted")
        table.row(
            [grouped(body), String(tags), grouped(payload / entries), grouped((taken - payload) / entries)]
                + [grouped((statistics.bytes - payload) / entries)]
        )
        _ = store.purge(.all)
    }

    /// Bytes that are handed out by malloc, their headers included.
    private static func allocated() -> Int {
        let info = mallinfo2()
        return Int(info.uordblks) + Int(info.hblkhd)
    }
}
