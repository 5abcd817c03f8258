import NIOCore
import Testing
import WeirTraces
import WeirHTTP

@testable import WeirCache

@Suite("Memory budget")
struct MemoryBudgetTests {
    @Test(
        "the entries never take more than the memory, and it is used well",
        arguments: [(1 << 20, 64), (8 << 20, 64), (8 << 20, 1)],
        0..<3
    )
    func holds(memory: (bytes: Int, shards: Int), seed: Int) {
        let settings = CacheSettings(memory: memory.bytes, maxObject: 256 << 10, maxVariants: 4)
        let store = MemoryStore(settings: settings, shards: memory.shards)
        var generator = SplitMix64(state: UInt64(seed))
        for _ in 0..<4000 {
            let size = 1 << Int.random(in: 0...18, using: &generator)
            let stored = response(
                key(Int.random(in: 0..<500, using: &generator)),
                body: Int.random(in: 0...size, using: &generator),
                selection: selection("x", "\(Int.random(in: 0..<6, using: &generator))"),
                tags: ["t:\(Int.random(in: 0..<20, using: &generator))"]
            )
            #expect([.stored, .tooLarge].contains(store.insert(stored, since: store.mark())))
            #expect(store.statistics.bytes <= memory.bytes)
            switch Int.random(in: 0..<200, using: &generator) {
            case 0: _ = store.purge(.tags(["t:\(Int.random(in: 0..<20, using: &generator))"]))
            case 1: _ = store.purge(.key(stored.key))
            case 2: _ = store.replace(stored, with: response(stored.key, body: size / 2, selection: stored.selection))
            default: break
            }
        }
        #expect(store.statistics.evictionsByReason.capacity > 0)
        for number in 1000..<(1000 + memory.bytes / 2000) {
            _ = store.insert(response(key(number), body: 2048), since: store.mark())
        }
        #expect(store.statistics.bytes > memory.bytes * 9 / 10)
        // Every byte that was reserved is one of an entry.
        let entries = store.statistics.entries
        #expect(store.purge(.all) == entries)
        #expect(store.statistics.bytes == 0)
        for number in 0..<24 {
            #expect(store.insert(response(key(number), body: memory.bytes / 32), since: store.mark()) == .stored)
        }
        #expect(store.statistics.entries == 24)
    }

    @Test("a store whose memory is made smaller evicts down to it at once, and takes more again when it is made larger")
    func changes() {
        let store = MemoryStore(settings: CacheSettings(memory: 8 << 20, maxObject: 64 << 10))
        for number in 0..<1000 { _ = store.insert(response(key(number), body: 6 << 10), since: store.mark()) }
        #expect(store.statistics.bytes > 6 << 20)
        let stored = store.statistics.insertions
        store.change(to: CacheSettings(memory: 1 << 20, maxObject: 8 << 10))
        #expect(store.statistics.bytes <= 1 << 20 && store.statistics.bytes > 900 << 10)
        #expect(store.statistics.capacityBytes == 1 << 20)
        #expect(store.statistics.insertions == stored)
        #expect(store.insert(response(key(2000), body: 9 << 10), since: store.mark()) == .tooLarge)
        #expect(store.insert(response(key(2001), body: 7 << 10), since: store.mark()) == .stored)
        #expect(store.statistics.bytes <= 1 << 20)
        store.change(to: CacheSettings(memory: 16 << 20, maxObject: 64 << 10))
        for number in 3000..<5000 { _ = store.insert(response(key(number), body: 6 << 10), since: store.mark()) }
        #expect(store.statistics.bytes > 12 << 20)
        #expect(store.statistics.bytes <= 16 << 20)
    }

    @Test("fewer variants of a URL are kept from its next insert on")
    func fewerVariants() {
        let store = MemoryStore(settings: CacheSettings(maxVariants: 8))
        func insert(_ value: Int) {
            _ = store.insert(response(key(1), selection: selection("x", "\(value)")), since: store.mark())
        }
        for value in 0..<8 { insert(value) }
        store.change(to: CacheSettings(maxVariants: 3))
        #expect(store.statistics.entries == 8)
        insert(8)
        #expect(store.statistics.entries == 3)
    }

    @Test("the largest object fits however full the store is of small ones")
    func large() {
        let store = MemoryStore(settings: CacheSettings(memory: 8 << 20, maxObject: 512 << 10))
        for number in 0..<10_000 { _ = store.insert(response(key(number), body: 2000), since: store.mark()) }
        for number in 10_000..<10_050 {
            #expect(store.insert(response(key(number), body: 512 << 10), since: store.mark()) == .stored)
            #expect(store.lookup(key(number), request: FieldSection()).name == "hit")
            #expect(store.statistics.bytes <= 8 << 20)
        }
    }

    @Test("the dead go before the living")
    func deadFirst() {
        let start = NIODeadline.uptimeNanoseconds(1_000_000_000)
        let store = MemoryStore(settings: CacheSettings(memory: 1 << 20), shards: 1)
        func insert(_ number: Int, lifetime: Int64, now: NIODeadline) {
            let stored = response(key(number), body: 9000, lifetime: lifetime, receivedAt: start)
            #expect(store.insert(stored, since: store.mark(), now: now) == .stored)
        }
        for number in 0..<40 { insert(number, lifetime: number % 2 == 0 ? 1000 : 1, now: start) }
        let later = start + .seconds(2)
        for number in 100..<120 { insert(number, lifetime: 1000, now: later) }
        while store.statistics.evictionsByReason.expired < 20 {
            insert(.random(in: 1000..<2000), lifetime: 1000, now: later)
        }
        #expect(store.statistics.evictionsByReason.capacity == 0)
        #expect(store.lookup(key(0), request: FieldSection(), now: later).name == "hit")
    }

    @Test("threads that insert, look up and purge at once leave every byte accounted for")
    func concurrent() async {
        let store = MemoryStore(settings: CacheSettings(memory: 2 << 20, maxObject: 128 << 10))
        await withTaskGroup(of: Void.self) { group in
            for worker in 0..<4 {
                group.addTask {
                    var generator = SplitMix64(state: UInt64(worker))
                    for step in 0..<3000 {
                        let number = Int.random(in: 0..<300, using: &generator)
                        let size = Int.random(in: 0..<20_000, using: &generator)
                        let stored = response(key(number), body: size, tags: ["t:\(number % 10)"])
                        _ = store.insert(stored, since: store.mark())
                        _ = store.lookup(key(Int.random(in: 0..<300, using: &generator)), request: FieldSection())
                        _ = store.replace(stored, with: response(key(number), body: size / 2))
                        if step % 500 == 0 { _ = store.purge(.tags(["t:\(worker)"])) }
                        if step % 1000 == 999 { _ = store.purge(.all) }
                        #expect(store.statistics.bytes <= 2 << 20)
                    }
                }
            }
        }
        _ = store.purge(.all)
        #expect(store.statistics.bytes == 0)
        for number in 0..<15 {
            #expect(store.insert(response(key(number), body: 100 << 10), since: store.mark()) == .stored)
        }
    }
}
