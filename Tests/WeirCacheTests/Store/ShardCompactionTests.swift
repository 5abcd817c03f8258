import NIOCore
import Testing
import WeirHTTP
import WeirTraces

@testable import WeirCache

@Suite("Compaction of shards")
struct ShardCompactionTests {
    private static let now = NIODeadline.now()

    /// Which responses there are, in the order in which they go, with their standing.
    private static func order(_ shard: inout Shard) -> [(ObjectIdentifier, EntryStanding)] {
        shard.standings().map { (ObjectIdentifier($0.response), $0.standing) }
    }

    private static func purge(_ purge: Purge, in shard: inout Shard) -> (count: Int, gone: Set<ObjectIdentifier>) {
        var removed = RemovedEntries()
        let count = shard.purge(purge, removed: &removed)
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
            _ = one.insert(response, size: size, removed: &removed)
            _ = other.insert(response, size: size, removed: &others)
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
            if Int.random(in: 0..<5, using: &generator) == 0 {
                Self.compact(&one, steps: Int.random(in: 1...40, using: &generator))
                #expect(one.count == other.count && one.bytes == other.bytes)
                #expect(Self.order(&one).elementsEqual(Self.order(&other), by: ==))
            }
        }
        #expect(one.evictions == other.evictions && one.insertions == other.insertions)
        #expect(one.slots <= other.slots)
    }

    /// What it takes at most beyond what it is given: one entry, which has six tags here, with its links.
    private static let overrun = 6

    /// - Returns: the steps that it took.
    @discardableResult
    private static func compact(_ shard: inout Shard, steps: Int) -> Int {
        var left = steps
        shard.compact(steps: &left)
        #expect(left >= -overrun)
        return steps - left
    }

    @Test("when nearly all have left, what stays is moved in small steps, amid whatever else happens", arguments: 0..<5)
    func drained(seed: Int) {
        var generator = SplitMix64(state: UInt64(seed))
        var one = Shard(maxVariants: 4)
        var other = Shard(maxVariants: 4)
        for number in 0..<3000 {
            let tags = Self.randomTags(&generator).map { "\($0)/\(number % 900)" }
            let stays = Int.random(in: 0..<20, using: &generator) == 0
            let response = response(
                key(200 + number / 2),
                lifetime: 3600,
                receivedAt: Self.now,
                selection: selection("v", "\(number % 2)"),
                tags: tags.dropFirst() + [stays ? "stays" : "goes"]
            )
            var removed = RemovedEntries()
            _ = one.insert(response, size: 100, removed: &removed)
            _ = other.insert(response, size: 100, removed: &removed)
        }
        let full = one.slots
        #expect(Self.purge(.tags(["goes"]), in: &one) == Self.purge(.tags(["goes"]), in: &other))
        var rounds = 0
        while one.isToBeCompacted {
            let steps = Int.random(in: 1...30, using: &generator)
            #expect(Self.compact(&one, steps: steps) > 0)
            Self.change(&one, &other, &generator)
            if rounds % 10 == 0 { #expect(Self.order(&one).elementsEqual(Self.order(&other), by: ==)) }
            rounds += 1
        }
        #expect(rounds > 10)
        #expect(other.slots == full && one.slots * 4 < full)
        let stays = Purge.tags(["stays"])
        #expect(Self.purge(stays, in: &one) == Self.purge(stays, in: &other))
        for variant in 0..<1700 {
            var removed = RemovedEntries()
            let found = one.lookup(key(variant), request: FieldSection(), now: Self.now, removed: &removed)
            let expected = other.lookup(key(variant), request: FieldSection(), now: Self.now, removed: &removed)
            #expect(found.name == expected.name)
        }
    }

    @Test("with each entry that leaves no more than one is moved, with its tags", arguments: [1, 3, 10])
    func amortized(share: Int) {
        var shard = Shard(maxVariants: 1)
        var removed = RemovedEntries()
        for number in 0..<5000 {
            _ = shard.insert(response(key(number), tags: ["own:\(number)", "any"]), size: 100, removed: &removed)
        }
        var steps = 0
        for number in stride(from: 0, to: 5000, by: share) {
            _ = Self.purge(.key(key(number)), in: &shard)
            steps += Self.compact(&shard, steps: .max)
        }
        // An entry and its two links, its links once more, its tag; and all pages.
        let left = (5000 - 1) / share + 1
        #expect(steps <= left * 6 + 5000 * 4 / Slab<Int>.slotsPerPage)
        #expect(shard.count == 5000 - left && shard.isToBeCompacted == false)
        let spare = 3 * Slab<Int>.slotsPerPage
        #expect(shard.slots <= shard.count * 4 * 5 / 4 + 2 * spare)
    }

    @Test("a shard that has few entries, or a quarter of its slots free, is left as it is")
    func leftAlone() {
        var shard = Shard(maxVariants: 1)
        var removed = RemovedEntries()
        let page = Slab<Int>.slotsPerPage
        for number in 0..<page * 5 { _ = shard.insert(response(key(number)), size: 100, removed: &removed) }
        for number in 0..<page { _ = Self.purge(.key(key(number)), in: &shard) }
        #expect(shard.isToBeCompacted == false)
        var purged = page
        while !shard.isToBeCompacted {
            _ = Self.purge(.key(key(purged)), in: &shard)
            purged += 1
        }
        #expect(shard.slots == page * 5 && shard.count == page * 16 / 5)
        #expect(Self.compact(&shard, steps: .max) == page + 1)
        #expect(shard.slots == page * 4)
        for number in purged..<page * 5 - 1 { _ = Self.purge(.key(key(number)), in: &shard) }
        Self.compact(&shard, steps: .max)
        #expect(shard.count == 1 && shard.slots == page)
        _ = Self.purge(.key(key(page * 5 - 1)), in: &shard)
        #expect(Self.compact(&shard, steps: .max) == 1)
        #expect(shard.slots == 0)
    }

    @Test("entries do not move while a purge holds on to their places, even when another empties the shard")
    func walked() {
        var shard = Shard(maxVariants: 1)
        var removed = RemovedEntries()
        for number in 0..<600 {
            _ = shard.insert(response(key(number), tags: [number < 590 ? "a" : "b"]), size: 100, removed: &removed)
        }
        var walk = shard.beginWalk(.tags(["b"]))
        shard.look(&walk)
        #expect(Self.purge(.tags(["a"]), in: &shard).count == 590)
        #expect(shard.isToBeCompacted == false)
        #expect(Self.compact(&shard, steps: .max) == 0)
        #expect(shard.proceed(&walk, .softened, now: Self.now, removed: &removed) == 10)
        shard.endWalk()
        #expect(shard.isToBeCompacted == true)
        _ = shard.beginWalk(.all)
        _ = shard.removeAll(reason: .purged)
        #expect(shard.walks == 1)
    }

    @Test("the store's sweep compacts what needs it, and purges find everything after it")
    func swept() {
        let store = MemoryStore(settings: CacheSettings(memory: 64 << 20, maxTags: 20))
        for number in 0..<10_000 {
            let tags = (0..<10).map { "e\(number):\($0)" } + [number % 10 == 0 ? "stays" : "goes", "any"]
            #expect(store.insert(response(key(number), tags: tags), since: store.mark()) == .stored)
        }
        let slots = store.slots
        #expect(store.purge(.tags(["goes"])) == 9000)
        #expect(store.slots == slots)
        for _ in 0..<20 { store.sweep(now: .now()) }
        #expect(store.slots * 3 < slots)
        #expect(store.purge(.tags(["e10:5"])) == 1)
        #expect(store.purge(.pattern(GlobPattern("e2*:7"))) == 111)
        #expect(store.purge(.key(key(30)), softly: true) == 1)
        #expect(store.purge(.tags(["any"]), softly: true) == 888)
        #expect(store.purge(.tags(["any"])) == 888)
        #expect(store.statistics.bytes == 0 && store.statistics.entries == 0)
    }
}
