import NIOCore
import Testing
import WeirHTTP

@testable import WeirCache

@Suite("Memory store")
struct MemoryStoreTests {
    private let store = MemoryStore(settings: CacheSettings(memory: 8 << 20, maxObject: 64 << 10, maxVariants: 3))
    private let request = FieldSection()

    @discardableResult
    private func insert(_ response: StoredResponse) -> InsertOutcome { store.insert(response, since: store.mark()) }

    @Test("what was stored is found, and nothing else")
    func lookup() {
        let stored = response(key(1))
        #expect(insert(stored) == .stored)
        #expect(store.lookup(key(1), request: request).response === stored)
        #expect(store.lookup(key(2), request: request).name == "miss")
        #expect(store.statistics.entries == 1)
        #expect(store.statistics.insertions == 1)
        #expect(store.statistics.bytes == stored.size)
        #expect(store.statistics.capacityBytes == 8 << 20)
    }

    @Test("variants are told apart by their selection")
    func variants() {
        let english = response(key(1), selection: selection("accept-language", "en"))
        let absent = response(key(1), selection: selection("accept-language", nil))
        insert(english)
        insert(absent)
        let asksEnglish = section([("Accept-Language", "en")])
        #expect(store.lookup(key(1), request: asksEnglish).response === english)
        #expect(store.lookup(key(1), request: request).response === absent)
        #expect(store.lookup(key(1), request: section([("Accept-Language", "de")])).name == "varyMiss")
    }

    @Test("the same selection is replaced, and a variant too many costs the oldest")
    func replacedVariants() {
        let first = response(key(1), selection: selection("x", "0"))
        insert(first)
        let newer = response(key(1), body: 500, selection: selection("x", "0"))
        insert(newer)
        #expect(store.lookup(key(1), request: section([("X", "0")])).response === newer)
        #expect(store.statistics.entries == 1)
        #expect(store.statistics.bytes == newer.size)
        #expect(store.statistics.evictionsByReason.replaced == 1)
        insert(response(key(1), selection: selection("x", "1")))
        insert(response(key(1), selection: selection("x", "2")))
        // Stored again, it is the newest.
        insert(response(key(1), selection: selection("x", "0")))
        insert(response(key(1), selection: selection("x", "3")))
        #expect(
            (0..<4).map { store.lookup(key(1), request: section([("X", "\($0)")])).name } == [
                "hit", "varyMiss", "hit", "hit",
            ]
        )
        #expect(store.statistics.entries == 3)
    }

    @Test("replace works on the very response that is stored, and on no other")
    func replace() {
        let old = response(key(1), tags: ["a"])
        let new = response(key(1), body: 1000, tags: ["b"])
        #expect(!store.replace(old, with: new))
        insert(old)
        #expect(store.replace(old, with: new))
        #expect(!store.replace(old, with: response(key(1))))
        #expect(store.lookup(key(1), request: request).response === new)
        #expect(store.statistics.bytes == new.size)
        #expect(store.purge(.tags(["a"])) == 0)
        let small = response(key(1))
        #expect(store.replace(new, with: small))
        #expect(store.statistics.bytes == small.size)
        #expect(!store.replace(small, with: response(key(1), body: 65 << 10)))
        #expect(store.lookup(key(1), request: request).response === small)
    }

    @Test("what is too large or has too many tags is not stored")
    func refused() {
        #expect(insert(response(key(1), body: 64 << 10)) == .stored)
        #expect(insert(response(key(2), body: (64 << 10) + 1)) == .tooLarge)
        #expect(insert(response(key(3), tags: (0..<66).map { "\($0)" })) == .tooManyTags)
        let small = MemoryStore(settings: CacheSettings(memory: 1 << 20, maxObject: 8 << 20))
        #expect(small.insert(response(key(4), body: 128 << 10), since: small.mark()) == .tooLarge)
        #expect(small.insert(response(key(4), body: 64 << 10), since: small.mark()) == .stored)
        let none = MemoryStore(settings: CacheSettings(memory: 0))
        #expect(none.insert(response(key(5)), since: none.mark()) == .tooLarge)
        #expect(none.lookup(key(5), request: request).name == "miss")
    }

    // MARK: Purging

    @Test("a purge takes what it is meant for, counts it and leaves the rest")
    func purges() {
        for number in 0..<100 {
            let tags = ["all", "n:\(number)", number % 2 == 0 ? "even" : "odd"]
            insert(response(key(number), tags: tags, path: "/things/\(number)"))
        }
        #expect(store.purge(.key(key(0))) == 1)
        #expect(store.purge(.key(key(0))) == 0)
        #expect(store.purge(.tags(["n:2"])) == 1)
        #expect(store.purge(.tags(["n:4", "n:6", "none"])) == 2)
        #expect(store.purge(.tags([])) == 0)
        #expect(store.purge(.pattern(GlobPattern("n:1?"))) == 10)
        #expect(store.purge(.pattern(GlobPattern("/things/2*"))) == 10)
        #expect(store.lookup(key(2), request: request).name == "miss")
        #expect(store.lookup(key(1), request: request).name == "hit")
        #expect(store.purge(.tags(["odd"])) == 40)
        #expect(store.statistics.entries == 36)
        #expect(store.purge(.all) == 36)
        #expect(store.statistics.entries == 0)
        #expect(store.statistics.bytes == 0)
        #expect(store.statistics.evictionsByReason.purged == 100)
        #expect(store.statistics.insertions == 100)
        #expect(insert(response(key(1))) == .stored)
    }

    @Test("a purge takes every variant of a key")
    func purgedVariants() {
        for value in ["a", "b", "c"] { insert(response(key(1), selection: selection("x", value))) }
        #expect(store.purge(.key(key(1))) == 3)
        #expect(store.lookup(key(1), request: section([("X", "a")])).name == "miss")
    }

    @Test("an answer that was under way during a purge is not stored")
    func underWay() {
        let tagged = response(key(1), tags: ["a"], path: "/a")
        let purges: [() -> Int] = [
            { store.purge(.key(key(1))) }, { store.purge(.tags(["a"])) }, { store.purge(.pattern(GlobPattern("?"))) },
            { store.purge(.pattern(GlobPattern("/a"))) }, { store.purge(.all) },
        ]
        for purge in purges {
            let mark = store.mark()
            _ = purge()
            #expect(store.insert(tagged, since: mark) == .purged)
            #expect(store.lookup(key(1), request: request).name == "miss")
        }
        let mark = store.mark()
        _ = store.purge(.tags(["b"]))
        #expect(store.insert(tagged, since: mark) == .stored)
        _ = store.purge(.all)
        #expect(store.statistics.bytes == 0)
    }

    // MARK: Variants

    @Test(
        "RFC 9111 §4: of variants that match, the newest by Date is found",
        arguments: [
            ([1, 2], 1), ([2, 1], 0), ([1, 1], 1), ([nil, 1], 1), ([1, nil], 0), ([nil, nil], 1), ([3, nil, 2, 4], 3),
            ([3, 1, 2], 0),
        ] as [([Int64?], Int)]
    )
    func newest(dates: [Int64?], found: Int) {
        for (number, date) in dates.enumerated() {
            // All of them match a request that has none of the fields.
            insert(response(key(1), date: date, selection: selection("x-\(number)", nil), path: "/\(number)"))
        }
        #expect(store.lookup(key(1), request: request).response?.path == "/\(found)")
    }

    @Test("what has been superseded leaves alone")
    func superseded() {
        for value in ["a", "b"] { insert(response(key(1), selection: selection("x", value))) }
        store.remove(key: key(1), matching: section([("X", "a")]))
        store.remove(key: key(1), matching: section([("X", "c")]))
        store.remove(key: key(2), matching: section([]))
        #expect(store.lookup(key(1), request: section([("X", "a")])).name == "varyMiss")
        #expect(store.lookup(key(1), request: section([("X", "b")])).name == "hit")
        #expect(store.statistics.evictionsByReason.replaced == 1)
    }

    @Test("what has been superseded leaves with everything else that its request could have had")
    func supersededTogether() {
        insert(response(key(1), selection: selection("x", "a")))
        insert(response(key(1), selection: selection("y", nil)))
        insert(response(key(1), selection: selection("x", "b")))
        store.remove(key: key(1), matching: section([("X", "a")]))
        #expect(store.lookup(key(1), request: section([("X", "a")])).name == "varyMiss")
        #expect(store.lookup(key(1), request: section([("X", "b")])).name == "hit")
        #expect(store.statistics.evictionsByReason.replaced == 2)
    }

    @Test("what comes late does not take the place of what was asked for later, and is newer")
    func outrun() {
        let start = NIODeadline.uptimeNanoseconds(1_000_000_000)
        let asked = start + .seconds(1)
        func late(_ date: Int64, _ selection: VarySelection = .none) -> InsertOutcome {
            let late = response(
                key(1),
                date: date,
                receivedAt: start + .seconds(3),
                selection: selection,
                path: "/late"
            )
            return store.insert(
                late,
                answering: section([("X", "a")]),
                askedAt: asked,
                since: store.mark(),
                now: start + .seconds(3)
            )
        }
        insert(response(key(1), date: 20, receivedAt: start + .seconds(2), path: "/newer"))
        #expect(late(19) == .outrun && late(19, selection("x", "a")) == .outrun)
        #expect(store.lookup(key(1), request: section([("X", "a")]), now: start).response?.path == "/newer")
        // As new, or newer: who comes last has the word.
        #expect(late(20) == .stored)
        #expect(store.lookup(key(1), request: request, now: start).response?.path == "/late")
        // What was there before it was asked for is not newer, whatever the upstream's clock says.
        _ = store.purge(.all)
        insert(response(key(1), date: 20, receivedAt: start, path: "/former"))
        #expect(late(10) == .stored)
        #expect(store.statistics.bytes == response(key(1), date: 10, path: "/late").size)
    }

    @Test("of what a request could have, the newest alone is left")
    func settled() {
        insert(response(key(1), date: 1, selection: selection("x", "a"), path: "/x"))
        insert(response(key(1), date: 1, selection: selection("y", "b"), path: "/other"))
        insert(response(key(1), date: 2, path: "/all"))
        store.settle(key: key(1), for: section([("X", "a")]))
        #expect(store.lookup(key(1), request: section([("X", "a")])).response?.path == "/all")
        #expect(store.lookup(key(1), request: section([("Y", "b")])).response?.path == "/other")
        #expect(store.statistics.evictionsByReason.replaced == 1)
    }

    // MARK: Expiry

    @Test("what nobody can use any more leaves when it is looked for")
    func expired() {
        let start = NIODeadline.uptimeNanoseconds(1_000_000_000)
        insert(response(key(1), lifetime: 10, mustRevalidate: true, receivedAt: start))
        insert(response(key(2), fields: [("ETag", "\"v\"")], lifetime: 10, receivedAt: start))
        insert(response(key(3), lifetime: 10, receivedAt: start))
        #expect(store.lookup(key(1), request: request, now: start + .seconds(9)).name == "hit")
        #expect(store.lookup(key(1), request: request, now: start + .seconds(10)).name == "miss")
        #expect(store.lookup(key(2), request: request, now: start + .hours(1)).name == "hit")
        // RFC 9111 §5.2.1.2: `max-stale` may take it.
        #expect(store.lookup(key(3), request: request, now: start + .hours(1)).name == "hit")
        #expect(store.statistics.evictionsByReason.expired == 1)
        #expect(store.statistics.entries == 2)
    }

    @Test("what nobody can use any more leaves though nobody looks for it and nothing comes in", arguments: [1, 64])
    func swept(shards: Int) {
        let start = NIODeadline.uptimeNanoseconds(1_000_000_000)
        let store = MemoryStore(settings: CacheSettings(memory: 256 << 20, maxObject: 64 << 10), shards: shards)
        for number in 0..<3000 {
            let fields = number % 3 == 0 ? [("ETag", "\"v\"")] : []
            let stored = response(
                key(number),
                fields: fields,
                lifetime: 10,
                mustRevalidate: number % 3 == 1,
                receivedAt: start,
                tags: ["all"]
            )
            #expect(store.insert(stored, since: store.mark()) == .stored)
        }
        func expire(at now: NIODeadline) -> (left: Int, expired: UInt64, sweeps: Int) {
            var sweeps = 0
            var before = -1
            while before != store.statistics.entries {
                before = store.statistics.entries
                store.sweep(now: now)
                sweeps += 1
                // A call is short, however much there is to do.
                #expect(before - store.statistics.entries <= 1024)
            }
            return (before, store.statistics.evictionsByReason.expired, sweeps)
        }
        #expect(expire(at: start + .seconds(9)) == (3000, 0, 1))
        // Who says `max-stale` may still take those that permit it.
        #expect(expire(at: start + .seconds(10)).left == 2000)
        // What has a validator stays.
        let last = expire(at: start + .minutes(6))
        #expect(last.left == 1000 && last.expired == 2000)
        #expect(store.purge(.tags(["all"])) == 1000)
        #expect(store.statistics.bytes == 0)
    }

    @Test("a dead variant leaves and the others stay")
    func expiredVariant() {
        let start = NIODeadline.uptimeNanoseconds(1_000_000_000)
        for (value, lifetime) in [("a", 10), ("b", 1), ("c", 10)] as [(String, Int64)] {
            let selection = selection("x", value)
            insert(
                response(key(1), lifetime: lifetime, mustRevalidate: true, receivedAt: start, selection: selection)
            )
        }
        let now = start + .seconds(5)
        let names = ["a", "b", "c"].map { store.lookup(key(1), request: section([("X", $0)]), now: now).name }
        #expect(names == ["hit", "varyMiss", "hit"])
        #expect(store.statistics.entries == 2)
    }
}
