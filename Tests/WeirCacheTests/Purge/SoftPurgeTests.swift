import NIOCore
import Testing
import WeirHTTP

@testable import WeirCache

@Suite("Soft purges")
struct SoftPurgeTests {
    private let start = NIODeadline.uptimeNanoseconds(1_000_000_000)
    private let store = MemoryStore(settings: CacheSettings(memory: 8 << 20, maxVariants: 3))
    private let request = FieldSection()

    private func insert(_ response: StoredResponse) {
        #expect(store.insert(response, since: store.mark(), now: start) == .stored)
    }

    private func timeToLive(_ number: Int, at now: NIODeadline) -> Int64? {
        store.lookup(key(number), request: request, now: now).response?.timeToLive(at: now)
    }

    @Test(
        "what it is meant for stays, stale from that moment on, and the rest fresh",
        arguments: [
            (.key(key(3)), [3]), (.tags(["n:3", "n:5", "none"]), [3, 5]), (.tags(["even", "n:2"]), [0, 2, 4, 6, 8]),
            (.pattern(GlobPattern("n:?")), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]), (.pattern(GlobPattern("/7*")), [7]),
            (.all, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]), (.tags([]), []), (.key(key(99)), []),
        ] as [(Purge, [Int])]
    )
    func marks(purge: Purge, meant: [Int]) {
        for number in 0..<10 {
            let tags = ["n:\(number)", number % 2 == 0 ? "even" : "odd"]
            insert(response(key(number), receivedAt: start, tags: tags, path: "/\(number)"))
        }
        let bytes = store.statistics.bytes
        let now = start + .milliseconds(20_500)
        #expect(store.purge(purge, softly: true, now: now) == meant.count)
        for number in 0..<10 {
            #expect(timeToLive(number, at: now) == (meant.contains(number) ? 0 : 40), "\(number)")
            #expect(timeToLive(number, at: now + .seconds(5)) == (meant.contains(number) ? -5 : 35), "\(number)")
        }
        #expect(store.statistics.softened == UInt64(meant.count) && store.statistics.evictionsByReason == .init())
        #expect(store.statistics.bytes == bytes && store.statistics.entries == 10)
        // What is marked is still found by all that it carries.
        for number in 0..<10 { #expect(store.purge(.tags(["n:\(number)"])) == 1) }
        #expect(store.statistics.bytes == 0 && store.statistics.softened == UInt64(meant.count))
    }

    @Test("every variant of a key is marked, and each is still its own")
    func variants() {
        for value in ["a", "b", "c"] {
            insert(response(key(1), receivedAt: start, selection: selection("x", value), path: "/\(value)"))
        }
        let now = start + .seconds(1)
        #expect(store.purge(.key(key(1)), softly: true, now: now) == 3)
        for value in ["a", "b", "c"] {
            let found = store.lookup(key(1), request: section([("X", value)]), now: now).response
            #expect(found?.path == "/\(value)" && found?.timeToLive(at: now) == 0)
        }
    }

    @Test("what was stale before is no fresher for it, and its windows end as they would have")
    func staleBefore() throws {
        insert(response(key(1), lifetime: 10, staleIfError: 30, receivedAt: start))
        let now = start + .seconds(25)
        #expect(store.purge(.all, softly: true, now: now) == 1)
        #expect(timeToLive(1, at: now) == -15)
        let found = try #require(store.lookup(key(1), request: request, now: now).response)
        #expect(found.freshness.staleIfError == 30 && found.uselessAt == start + .seconds(40))
    }

    @Test("what has no stale window and nothing to be validated with is the first to go from then on")
    func useless() throws {
        insert(response(key(1), lifetime: 1000, receivedAt: start))
        insert(response(key(2), lifetime: 1000, staleIfError: 30, receivedAt: start))
        insert(response(key(3), lifetime: 1000, mustRevalidate: true, receivedAt: start))
        let now = start + .seconds(5)
        #expect(store.purge(.all, softly: true, now: now) == 3)
        let later = now + .seconds(1)
        #expect(store.lookup(key(1), request: request, now: later).response?.uselessAt == now)
        #expect(store.lookup(key(2), request: request, now: later).response?.uselessAt == now + .seconds(30))
        #expect(store.lookup(key(3), request: request, now: later).name == "miss")
    }

    @Test("an answer that was under way is not stored: it is of before")
    func underWay() {
        let tagged = response(key(1), receivedAt: start, tags: ["a"], path: "/a")
        for purge in [.key(key(1)), .tags(["a"]), .pattern(GlobPattern("/a")), .all] as [Purge] {
            insert(tagged)
            let mark = store.mark()
            #expect(store.purge(purge, softly: true, now: start) == 1)
            #expect(store.insert(response(key(1), tags: ["a"], path: "/a"), since: mark, now: start) == .purged)
            #expect(timeToLive(1, at: start) == 0)
        }
    }

    @Test("what is made of the entry as it was does not take the mark away")
    func replaced() {
        let old = response(key(1), receivedAt: start)
        insert(old)
        _ = store.purge(.key(key(1)), softly: true, now: start)
        #expect(!store.replace(old, with: response(key(1), receivedAt: start)))
        #expect(timeToLive(1, at: start) == 0)
        // What is fetched after it does.
        insert(response(key(1), receivedAt: start))
        #expect(timeToLive(1, at: start) == 60)
    }

    @Test("everything is marked in parts, whatever is stored and purged meanwhile")
    func concurrent() async {
        let store = MemoryStore(settings: CacheSettings(memory: 16 << 20))
        for number in 0..<5000 { _ = store.insert(response(key(number)), since: store.mark()) }
        await withTaskGroup(of: Void.self) { group in
            for worker in 0..<3 {
                group.addTask {
                    for number in 0..<2000 {
                        _ = store.insert(response(key(number * 3 + worker)), since: store.mark())
                        if number % 500 == 0 { _ = store.purge(.all, softly: worker > 0) }
                    }
                }
            }
        }
        #expect(store.statistics.softened > 0)
        #expect(store.statistics.bytes <= 16 << 20)
        let entries = store.statistics.entries
        #expect(store.purge(.all) == entries)
        #expect(store.statistics.bytes == 0)
    }
}
