/// Shows what the store does, as tables in Markdown: how often it hits beside the best fixed choice of keys and beside
/// LRU, what purges and sweeps cost and what hits see of them, what it costs to grow and to shrink, what an entry takes, and how many lookups there are in a
/// second. Run by Benchmarks/cache.
@main
struct CacheBench {
    private static let parts: [(name: String, run: @Sendable (Scale) async -> Void)] = [
        ("ratios", { HitRatios(scale: $0).run() }),
        ("purges", { await Purges(scale: $0).run() }),
        ("sweeps", { await Sweeps(scale: $0).run() }),
        ("slabs", { await Slabs(scale: $0).run() }),
        ("overhead", { Overhead(scale: $0).run() }),
        ("lookups", { await Lookups(scale: $0).run() }),
    ]

    static func main() async {
        var names = Array(CommandLine.arguments.dropFirst())
        let scale = names.contains("--quick") ? Scale.quick : .full
        names.removeAll { $0 == "--quick" }
        for name in names where !parts.contains(where: { $0.name == name }) {
            return print("unknown part '\(name)'; there are: \(parts.map(\.name).joined(separator: " ")) and --quick")
        }
        for part in parts where names.isEmpty || names.contains(part.name) { await part.run(scale) }
    }
}
