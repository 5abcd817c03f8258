import NIOCore
import Testing
import WeirHTTP
import WeirTraces

@testable import WeirCache

@Suite("Purges in parts")
struct PurgeWalkTests {
    private static let now = NIODeadline.uptimeNanoseconds(1 << 40)

    private static func makeResponse(
        _ number: Int,
        _ generator: inout SplitMix64
    ) -> StoredResponse {
        let tags = (0..<Int.random(in: 0...4, using: &generator)).map { _ in
            "t:\(Int.random(in: 0..<3, using: &generator))"
        }
        return response(
            key(number),
            lifetime: 3600,
            receivedAt: now,
            tags: tags,
            path: "/\(number % 4)/\(number)"
        )
    }

    /// Another purge, an eviction, the same answer with another form, one that was asked for after the purge had begun.
    private static func change(
        _ shard: inout Shard,
        _ entries: inout [CacheKey: StoredResponse],
        arrived: inout Set<CacheKey>,
        _ generator: inout SplitMix64
    ) {
        var removed = RemovedEntries()
        let number = Int.random(in: 0..<2400, using: &generator)
        switch Int.random(in: 0..<100, using: &generator) {
        case 0: _ = shard.purge(.tags(["t:\(Int.random(in: 0..<3, using: &generator))"]), removed: &removed)
        case 1: _ = shard.purge(.pattern(GlobPattern("/\(number % 4)/*9")), removed: &removed)
        case 2..<20: shard.evict(bytes: 1000, downTo: 0, now: now, removed: &removed)
        case 20..<50:
            guard let old = entries[key(number)] else { return }
            let new = old.softened(at: now)
            #expect(shard.replace(old, with: new, size: 100, removed: &removed))
            entries[old.key] = new
        default:
            let response = makeResponse(number, &generator)
            _ = shard.insert(response, size: 100, removed: &removed)
            entries[response.key] = response
            arrived.insert(response.key)
        }
        for gone in removed.responses where entries[gone.key] === gone { entries[gone.key] = nil }
        var left = Int.random(in: 0..<64, using: &generator)
        shard.compact(steps: &left)
    }

    private static func fill(_ shard: inout Shard, _ generator: inout SplitMix64) -> [CacheKey: StoredResponse] {
        var entries: [CacheKey: StoredResponse] = [:]
        var removed = RemovedEntries()
        for number in 0..<Int.random(in: 1...2000, using: &generator) {
            let response = makeResponse(number, &generator)
            _ = shard.insert(response, size: 100, removed: &removed)
            entries[response.key] = response
        }
        return entries
    }

    @Test(
        "whatever comes, goes and changes between the parts, all that a purge was meant for is gone and nothing else",
        arguments: [
            Purge.tags(["t:1"]), .tags(["t:0", "t:2", "none"]), .pattern(GlobPattern("t:?")),
            .pattern(GlobPattern("/2/*")), .all,
        ],
        0..<4
    )
    func model(purge: Purge, seed: Int) {
        var generator = SplitMix64(state: UInt64(seed))
        var shard = Shard(maxVariants: 1)
        var entries = Self.fill(&shard, &generator)
        let meant = entries.values.filter { purge.matches($0.purgeSubject) }.count
        var arrived: Set<CacheKey> = []
        var walk = shard.beginWalk(purge)
        var count = 0
        while !walk.isAtEnd {
            var removed = RemovedEntries()
            count += shard.proceed(&walk, .removed, now: Self.now, removed: &removed)
            for gone in removed.responses {
                #expect(purge.matches(gone.purgeSubject))
                #expect(entries.removeValue(forKey: gone.key) === gone)
            }
            #expect(removed.count <= 64)
            for _ in 0..<Int.random(in: 0..<40, using: &generator) {
                Self.change(&shard, &entries, arrived: &arrived, &generator)
            }
        }
        shard.endWalk()
        for left in entries.values where purge.matches(left.purgeSubject) { #expect(arrived.contains(left.key)) }
        var removed = RemovedEntries()
        #expect(shard.count == entries.count)
        for (key, response) in entries {
            #expect(shard.lookup(key, request: [:], now: Self.now, removed: &removed).response === response)
        }
        #expect(shard.purge(.all, removed: &removed) == entries.count && shard.tags.count == 0)
        #expect(count > 0 || meant == 0)
    }

    @Test(
        "each entry is softened once, whatever of the purge's tags it carries",
        arguments: [Purge.tags(["t:0", "t:1", "t:2"]), .pattern(GlobPattern("t:*")), .tags(["t:1"])]
    )
    func once(purge: Purge) {
        var generator = SplitMix64(state: 7)
        var shard = Shard(maxVariants: 1)
        let entries = Self.fill(&shard, &generator)
        let meant = entries.values.filter { purge.matches($0.purgeSubject) }.count
        var removed = RemovedEntries()
        #expect(shard.purge(purge, .softened, removed: &removed) == meant)
        #expect(shard.softened == UInt64(meant) && removed.count == meant && shard.count == entries.count)
    }

    @Test(
        "no part looks at, or removes, more than a bounded number of entries",
        arguments: [
            Purge.tags(["any"]), .tags(["any", "own:5", "none"]), .pattern(GlobPattern("an?")),
            .pattern(GlobPattern("/*")), .all,
        ],
        [Shard.Consequence.removed, .softened]
    )
    func steps(purge: Purge, consequence: Shard.Consequence) {
        let count = 3000
        var shard = Shard(maxVariants: 1)
        var removed = RemovedEntries()
        for number in 0..<count {
            _ = shard.insert(response(key(number), tags: ["any", "own:\(number)"]), size: 100, removed: &removed)
        }
        var walk = shard.beginWalk(purge)
        var (purged, parts) = (0, 0)
        while !walk.isAtEnd {
            removed = RemovedEntries()
            let isToLook = walk.isToLook
            purged += shard.proceed(&walk, consequence, now: Self.now, removed: &removed)
            #expect(removed.count <= 64)
            if isToLook { #expect(walk.foundCount <= 1300) }
            parts += 1
        }
        #expect(purged == count && parts >= count / 64)
        #expect(shard.count == (consequence == .removed ? 0 : count))
    }
}
