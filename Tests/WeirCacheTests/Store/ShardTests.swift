import NIOCore
import Testing
import WeirHTTP

@testable import WeirCache

@Suite("Shards")
struct ShardTests {
    private static func insert(_ response: StoredResponse, into shard: inout Shard) {
        var removed = RemovedEntries()
        _ = shard.insert(response, size: 1000, removed: &removed)
    }

    @Test(
        "what was found for a purge is looked at again: it may have left, or be another",
        arguments: [Shard.Consequence.removed, .softened]
    )
    func foundBefore(consequence: Shard.Consequence) {
        var shard = Shard(maxVariants: 1)
        for number in 0..<4 { Self.insert(response(key(number), tags: ["a"]), into: &shard) }
        var walk = shard.beginWalk(.tags(["a"]))
        shard.look(&walk)
        // All leave, and two others come: one of them that the purge is meant for as well.
        #expect(shard.removeAll(reason: .purged).count == 4)
        Self.insert(response(key(8), tags: ["b"]), into: &shard)
        Self.insert(response(key(9), tags: ["a"]), into: &shard)
        var removed = RemovedEntries()
        let count = shard.proceed(&walk, consequence, now: .now(), removed: &removed)
        #expect(walk.isAtEnd)
        #expect(count == 1 && shard.count == (consequence == .softened ? 2 : 1))
        let kept = shard.lookup(key(8), request: FieldSection(), now: .now(), removed: &removed)
        #expect(kept.name == "hit" && kept.response?.timeToLive(at: .now()) ?? 0 > 0)
    }

    @Test("keys with one hash are told apart")
    func sameHash() {
        var shard = Shard(maxVariants: 4)
        // All of what the index goes by is the same.
        let keys = (0..<5).map { CacheKey(UInt64($0), 7, 8, 9) }
        for key in keys {
            for value in ["x", "y"] {
                Self.insert(response(key, selection: selection("v", value), path: value), into: &shard)
            }
        }
        var removed = RemovedEntries()
        #expect(shard.purge(.key(keys[2]), removed: &removed) == 2)
        for (number, key) in keys.enumerated() {
            let found = shard.lookup(key, request: section([("V", "x")]), now: .now(), removed: &removed)
            #expect(found.response?.key == (number == 2 ? nil : key))
            #expect(found.response?.path == (number == 2 ? nil : "x"))
        }
        #expect(shard.count == 8)
    }

    @Test("what a snapshot takes is given out a few at a time, and none is left out that stays")
    func standings() {
        var shard = Shard(maxVariants: 1)
        let responses = (0..<1000).map { response(key($0)) }
        for response in responses { Self.insert(response, into: &shard) }
        var removed = RemovedEntries()
        for number in stride(from: 0, to: 1000, by: 3) {
            _ = shard.lookup(key(number), request: FieldSection(), now: .now(), removed: &removed)
        }
        shard.beginStandings()
        var seen: [StoredResponse] = []
        while case let next = shard.nextStandings(), !next.isEmpty {
            #expect(next.count <= 64)
            seen += next.map(\.response)
            // One leaves of what is still to come, or has been; one of those that were asked for moves on.
            shard.evict(bytes: 1000, downTo: 0, now: .now(), removed: &removed)
        }
        shard.endStandings()
        let gone = Set(removed.responses.map(\.key))
        #expect(!gone.isEmpty)
        #expect(Set(seen.map(\.key)).isSuperset(of: Set(responses.map(\.key)).subtracting(gone)))
    }
}
