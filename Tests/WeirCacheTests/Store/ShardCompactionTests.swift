import NIOCore
import Testing
import WeirHTTP
import WeirTraces

@testable import WeirCache

@Suite("Compaction of shards")
struct ShardCompactionTests {
    private static let now = NIODeadline.now()

    /// Which responses there are, in the order in which they go, with their standing.
    private static func order(_ shard: borrowing Shard) -> [(ObjectIdentifier, EntryStanding)] {
        shard.standings().map { (ObjectIdentifier($0.response), $0.standing) }
    }

    private static func purge(_ purge: Purge, in shard: inout Shard) -> (count: Int, gone: Set<ObjectIdentifier>) {
        var removed = RemovedEntries()
        let found = Set(shard.entries(for: purge, within: 0..<shard.slots(for: purge)))
        let count = shard.purge(purge, .removed, at: Array(found)[...], now: now, removed: &removed)
        return (count, Set(removed.responses.map { ObjectIdentifier($0) }))
    }

    private static func randomTags(_ generator: inout SplitMix64) -> [String] {
        let count = Int.random(in: 0...6, using: &generator)
        return (0..<count).map { _ in "t:\(Int.random(in: 0..<40, using: &generator))" }
    }

    /// One change, the same to both.
    private static func change(_ one: inout Shard, _ other: inout Shard, _ generator: inout SplitMix64) {
        var (removed, others) = (RemovedEntries(), RemovedEntries())
        let key = key(Int.random(in: 0..<200, using: &generator))
        let value = "\(Int.random(in: 0..<5, using: &generator))"
        switch Int.random(in: 0..<100, using: &generator) {
        case 0..<50:
            let response = response(
                key,
                lifetime: 3600,
                receivedAt: now,
                selection: selection("v", value),
                tags: randomTags(&generator)
            )
            let size = Int.random(in: 100..<1000, using: &generator)
            one.insert(response, size: size, removed: &removed)
            other.insert(response, size: size, removed: &others)
        case 50..<92:
            let request = section([("V", value)])
            let found = one.lookup(key, request: request, now: now, removed: &removed)
            let expected = other.lookup(key, request: request, now: now, removed: &others)
            #expect(found.name == expected.name && found.response === expected.response)
        case 92..<96:
            let bytes = Int.random(in: 0..<20_000, using: &generator)
            one.evict(bytes: bytes, downTo: 0, now: now, removed: &removed)
            other.evict(bytes: bytes, downTo: 0, now: now, removed: &others)
        case 96..<98:
            let tags = Purge.tags(Set(randomTags(&generator)))
            #expect(purge(tags, in: &one) == purge(tags, in: &other))
        case 98:
            #expect(purge(.key(key), in: &one) == purge(.key(key), in: &other))
        default:
            let pattern = Purge.pattern(GlobPattern("t:\(Int.random(in: 0..<10, using: &generator))*"))
            #expect(purge(pattern, in: &one) == purge(pattern, in: &other))
        }
        #expect(removed.responses.elementsEqual(others.responses, by: ===) && removed.bytes == others.bytes)
    }

    @Test("a shard compacted at any time does what one does that never is", arguments: 0..<20)
    func random(seed: Int) {
        var generator = SplitMix64(state: UInt64(seed))
        var one = Shard(maxVariants: 4)
        var other = Shard(maxVariants: 4)
        for _ in 0..<2000 {
            Self.change(&one, &other, &generator)
            if Int.random(in: 0..<20, using: &generator) == 0 {
                one.compact()
                #expect(one.count == other.count && one.bytes == other.bytes)
                #expect(Self.order(one).elementsEqual(Self.order(other), by: ==))
            }
        }
        #expect(one.evictions == other.evictions && one.insertions == other.insertions)
    }

    @Test(
        "when many entries with many tags have left, only the slots of those that stay are kept, and everything is found"
    )
    func shrinks() {
        var shard = Shard(maxVariants: 4)
        var removed = RemovedEntries()
        for number in 0..<400 {
            let stays = number % 20 == 0
            let tags = (0..<50).map { stays ? "stay:\($0)" : "go:\(number):\($0)" } + [stays ? "stays" : "goes"]
            shard.insert(response(key(number), tags: tags, path: "/\(number)"), size: 100, removed: &removed)
        }
        #expect(shard.isToBeCompacted == false)
        let before = shard.slots
        let order = shard.standings().filter { $0.response.tags.contains("stays") }
            .map { (ObjectIdentifier($0.response), $0.standing) }
        #expect(Self.purge(.tags(["goes"]), in: &shard).count == 380)
        #expect(shard.slots == before && shard.isToBeCompacted)
        shard.compact()
        // Entries, tags, links.
        #expect(shard.slots == 20 + 51 + 20 * 51)
        #expect(shard.isToBeCompacted == false)
        #expect(Self.order(shard).elementsEqual(order, by: ==))
        for number in 0..<400 {
            let found = shard.lookup(key(number), request: FieldSection(), now: .now(), removed: &removed)
            #expect(found.response?.path == (number % 20 == 0 ? "/\(number)" : nil))
        }
        #expect(Self.purge(.tags(["goes", "go:1:1"]), in: &shard).count == 0)
        #expect(Self.purge(.pattern(GlobPattern("stay:4*")), in: &shard).count == 20)
        #expect(shard.count == 0 && shard.bytes == 0)
        shard.compact()
        #expect(shard.slots == 0)
    }

    @Test("a shard that has few entries, or half of its slots taken, is left as it is")
    func leftAlone() {
        var shard = Shard(maxVariants: 1)
        var removed = RemovedEntries()
        for number in 0..<60 { shard.insert(response(key(number), tags: ["a"]), size: 100, removed: &removed) }
        _ = Self.purge(.all, in: &shard)
        #expect(shard.isToBeCompacted == false)
        for number in 0..<300 {
            shard.insert(response(key(number), tags: [number < 150 ? "a" : "b"]), size: 100, removed: &removed)
        }
        _ = Self.purge(.tags(["a"]), in: &shard)
        #expect(shard.count == 150 && !shard.isToBeCompacted)
        _ = Self.purge(.key(key(200)), in: &shard)
        #expect(shard.isToBeCompacted == true)
    }

    @Test("entries do not move while a purge holds on to their places, even when another empties the shard")
    func walked() {
        var shard = Shard(maxVariants: 1)
        var removed = RemovedEntries()
        for number in 0..<300 {
            shard.insert(response(key(number), tags: [number < 290 ? "a" : "b"]), size: 100, removed: &removed)
        }
        shard.beginWalk()
        let found = shard.entries(for: .tags(["b"]), within: 0..<1)
        #expect(Self.purge(.tags(["a"]), in: &shard).count == 290)
        #expect(shard.isToBeCompacted == false)
        #expect(shard.purge(.tags(["b"]), .softened, at: found[...], now: Self.now, removed: &removed) == 10)
        shard.endWalk()
        #expect(shard.isToBeCompacted == true)
        shard.beginWalk()
        _ = shard.removeAll(reason: .purged)
        #expect(shard.walks == 1)
    }

    @Test("the store's sweep compacts what needs it, and purges find everything after it")
    func swept() {
        let store = MemoryStore(settings: CacheSettings(memory: 64 << 20, maxTags: 400))
        for number in 0..<1000 {
            let tags = (0..<100).map { "e\(number):\($0)" } + [number % 10 == 0 ? "stays" : "goes", "any"]
            #expect(store.insert(response(key(number), tags: tags), since: store.mark()) == .stored)
        }
        let slots = store.slots
        #expect(store.purge(.tags(["goes"])) == 900)
        #expect(store.slots == slots)
        for _ in 0..<4 { store.sweep(now: .now()) }
        #expect(store.slots * 5 < slots)
        #expect(store.purge(.tags(["e10:5"])) == 1)
        #expect(store.purge(.pattern(GlobPattern("e2*:7"))) == 11)
        #expect(store.purge(.key(key(30)), softly: true) == 1)
        #expect(store.purge(.tags(["any"]), softly: true) == 88)
        #expect(store.purge(.tags(["any"])) == 88)
        #expect(store.statistics.bytes == 0 && store.statistics.entries == 0)
    }
}
