import NIOCore
import Testing
import WeirCache
import WeirHTTP
import WeirTesting

@testable import WeirTier

@Suite("The second tier, with a Redis", .timeLimit(.minutes(2)))
struct TierTests {
    private let key = CacheKey(1, 2, 3, 4)

    // MARK: Answers

    @Test("what one writes the others read, with its age and its tags")
    func shared() async throws {
        try await withRedisServer { server in
            try await withSidecars(of: server) { sidecars in
                #expect(try await sidecars[1].consult(key) == .fetch(staleBody: nil, hasLock: false))
                try await sidecars[0].write(answer("one", age: 7, tags: ["a", "b"]))
                #expect(try await sidecars[1].consult(key) == .answer(body: "one"))
                let counts = sidecars[1].tier.snapshot()
                #expect(counts.count(.hit) == 1 && counts.count(.miss) == 1 && counts.count(.failed) == 0)
            }
        }
    }

    @Test("what is stale is given for validating")
    func stale() async throws {
        try await withRedisServer { server in
            try await withSidecars(of: server) { sidecars in
                let modified = UnixTime(seconds: 1)
                try await sidecars[0].write(answer("old", age: 61, lastModified: modified))
                #expect(try await sidecars[1].consult(key) == .fetch(staleBody: "old", hasLock: false))
            }
        }
    }

    @Test("what is of no more use, or too large, is not written")
    func unwritten() async throws {
        try await withRedisServer { server in
            try await withSidecars(of: server, configure: { $0.maxObject = 2000 }) { sidecars in
                try await sidecars[0].write(answer("old", age: 61))
                try await sidecars[0].write(answer(String(repeating: "x", count: 2000)))
                try await sidecars[0].write(answer(String(repeating: "x", count: 2001)))
                #expect(sidecars[0].tier.snapshot().count(.unwritten) == 3)
                #expect(try await server.cli("EXISTS", String(buffer: sidecars[0].tier.keys.entry(key))) == "0")
            }
        }
    }

    @Test("a value of another key, or with another time, is none")
    func moved() async throws {
        try await withRedisServer { server in
            try await withSidecars(of: server) { sidecars in
                try await sidecars[0].write(answer("one"))
                let other = CacheKey(5, 6, 7, 8)
                let keys = sidecars[0].tier.keys
                try await server.cli("COPY", String(buffer: keys.entry(key)), String(buffer: keys.entry(other)))
                #expect(try await sidecars[1].consult(other) == .fetch(staleBody: nil, hasLock: false))
                #expect(try await sidecars[1].consult(key) == .answer(body: "one"))
                try await server.cli("SETRANGE", String(buffer: keys.entry(key)), "8", "x")
                #expect(try await sidecars[1].consult(key) == .fetch(staleBody: nil, hasLock: false))
                #expect(sidecars[1].tier.snapshot().count(.unreadable) == 2)
            }
        }
    }

    @Test("with another key of the seal a value is a miss, and its content cannot be read in Redis")
    func sealed() async throws {
        let one = try #require(SealKey(String(repeating: "1a", count: 32)))
        let two = try #require(SealKey(String(repeating: "2b", count: 32)))
        try await withRedisServer { server in
            try await withSidecars(1, of: server, seal: one) { first in
                try await first[0].write(answer("secret words"))
                #expect(try await first[0].consult(key) == .answer(body: "secret words"))
                let name = String(buffer: first[0].tier.keys.entry(key))
                let value = try await server.cli(
                    "EVAL",
                    "return string.find(redis.call('GET', KEYS[1]), 'secret words')",
                    "1",
                    name
                )
                #expect(value == "")
                for seal in [two, nil] {
                    try await withSidecars(1, of: server, seal: seal) { second in
                        let found = try await second[0].consult(key)
                        #expect(found == .fetch(staleBody: nil, hasLock: false))
                        #expect(second[0].tier.snapshot().count(.unreadable) == 1)
                    }
                }
            }
        }
    }

    // MARK: Locks

    @Test("one of all fetches, and the others have what it stores")
    func collapsed() async throws {
        try await withRedisServer { server in
            try await withSidecars(3, of: server) { sidecars in
                let stored = answer("one")
                let found = try await withThrowingTaskGroup(of: Sidecar.Found.self) { group in
                    for index in 0..<30 {
                        group.addTask {
                            try await sidecars[index % 3].consult(key, locking: .waiting(.seconds(60)), storing: stored)
                        }
                    }
                    return try await group.reduce(into: []) { $0.append($1) }
                }
                #expect(found.filter { $0 == .fetch(staleBody: nil, hasLock: true) }.count == 1)
                #expect(found.filter { $0 == .answer(body: "one") }.count == 29)
            }
        }
    }

    @Test("who began later has the word: what comes late is not written over it")
    func fenced() async throws {
        try await withRedisServer { server in
            try await withSidecars(of: server, configure: { $0.lock = .seconds(60) }) { sidecars in
                let (slow, fast) = (sidecars[0], sidecars[1])
                let late = NIOLoopBoundBox<Fill?>.makeEmptyBox(valueType: Fill.self, eventLoop: slow.eventLoop)
                let isLocked = Gate()
                slow.eventLoop.execute {
                    let request = Consultation.Request(
                        key: key,
                        fields: [:],
                        locking: .waiting(.zero),
                        isUsable: { _ in false }
                    )
                    _ = slow.tier.consult(request, on: slow.eventLoop) { outcome in
                        if case .fetch(_, let fill) = outcome { late.value = fill }
                        isLocked.open()
                    }
                }
                try await isLocked.wait()
                // It is cut off for longer than its lock lives.
                try await server.cli("DEL", String(buffer: slow.tier.keys.lock(key)))
                let found = try await fast.consult(key, locking: .waiting(.seconds(60)), storing: answer("new"))
                #expect(found == .fetch(staleBody: nil, hasLock: true))
                try await until { fast.tier.snapshot().count(.written) == 1 }
                try await slow.eventLoop.submit {
                    let place = slow.tier.place(of: key, fill: late.value, on: slow.eventLoop)
                    slow.tier.write(
                        answer("old"),
                        answering: [:],
                        place: place,
                        fill: late.value,
                        on: slow.eventLoop
                    )
                }.get()
                try await until { slow.tier.snapshot().count(.outrun) == 1 }
                #expect(try await slow.consult(key) == .answer(body: "new"))
            }
        }
    }

    @Test("without the lock, too, what was asked for later has the word")
    func fencedWithoutLock() async throws {
        try await withRedisServer { server in
            try await withSidecars(of: server) { sidecars in
                let (slow, fast) = (sidecars[0], sidecars[1])
                let early = try await slow.drawToken(key)
                try await fast.write(answer("new"))
                try await slow.write(answer("old"), token: early)
                #expect(slow.tier.snapshot().count(.outrun) == 1)
                #expect(try await fast.consult(key) == .answer(body: "new"))
                try await fast.write(answer("newer"))
                #expect(try await fast.consult(key) == .answer(body: "newer"))
            }
        }
    }

    @Test(
        "what was asked for before an answer that could not be written is not written either",
        arguments: [true, false]
    )
    func fencedByWhatIsTooLarge(hasToken: Bool) async throws {
        try await withRedisServer { server in
            try await withSidecars(of: server, configure: { $0.maxObject = 2000 }) { sidecars in
                let (slow, fast) = (sidecars[0], sidecars[1])
                try await slow.write(answer("first"))
                let early = try await slow.drawToken(key)
                let late = try await fast.drawToken(key)
                let large = answer(String(repeating: "x", count: 2001))
                try await fast.write(large, token: hasToken ? late : nil)
                let name = String(buffer: fast.tier.keys.entry(key))
                while try await server.cli("EXISTS", name) == "1" {}
                #expect(try await fast.consult(key) == .fetch(staleBody: nil, hasLock: false))
                try await slow.write(answer("old"), token: early)
                #expect(slow.tier.snapshot().count(.outrun) == 1)
                #expect(try await fast.consult(key) == .fetch(staleBody: nil, hasLock: false))
                try await slow.write(answer("new"))
                // One that is too large, and was asked for before, takes nothing away.
                try await fast.write(large, token: late)
                #expect(try await fast.consult(key) == .answer(body: "new"))
            }
        }
    }

    @Test("what nobody waits for is left to the sidecar that fetches it")
    func left() async throws {
        try await withRedisServer { server in
            try await withSidecars(of: server) { sidecars in
                let lock = String(buffer: sidecars[0].tier.keys.lock(key))
                try await server.cli("SET", lock, "7", "PX", "60000")
                #expect(try await sidecars[0].consult(key, locking: .leaving) == .left)
                #expect(sidecars[0].tier.snapshot().count(.left) == 1)
                try await server.cli("DEL", lock)
                let found = try await sidecars[0].consult(key, locking: .leaving, storing: answer("one"))
                #expect(found == .fetch(staleBody: nil, hasLock: true))
                #expect(try await sidecars[1].consult(key, locking: .waiting(.seconds(60))) == .answer(body: "one"))
            }
        }
    }

    // MARK: Purges

    @Test("a purge reaches every memory, and what is in Redis is not read any more", arguments: [false, true])
    func purged(isSoft: Bool) async throws {
        try await withRedisServer { server in
            try await withSidecars(3, of: server) { sidecars in
                let stored = answer("one", freshness: Freshness(lifetime: 60, staleIfError: 60), tags: ["a"])
                let mark = sidecars[1].store.mark()
                try await sidecars[0].write(stored)
                #expect(sidecars[1].store.insert(stored, since: mark) == .stored)
                sidecars[0].tier.purge(.tags(["a"]), softly: isSoft)
                try await until { sidecars.dropFirst().allSatisfy { $0.tier.snapshot().purges.received == 1 } }
                try await until {
                    let statistics = sidecars[1].store.statistics
                    return isSoft ? statistics.softened == 1 : statistics.entries == 0
                }
                let found = try await sidecars[2].consult(key)
                #expect(found == .fetch(staleBody: isSoft ? "one" : nil, hasLock: false))
                #expect(sidecars[0].tier.snapshot().purges == PurgeFeedCounts(sent: 1, doubts: 1))
            }
        }
    }

    @Test("what was asked for before a purge is not read after it, whenever it is written")
    func late() async throws {
        try await withRedisServer { server in
            try await withSidecars(of: server) { sidecars in
                let position = try #require(sidecars[0].tier.position)
                sidecars[1].tier.purge(.tags(["a"]), softly: false)
                try await until { sidecars.allSatisfy { $0.tier.position?.number == position.number + 1 } }
                try await sidecars[0].write(answer("old", tags: ["a"]), position: position)
                #expect(try await sidecars[1].consult(key) == .fetch(staleBody: nil, hasLock: false))
                try await sidecars[0].write(answer("new", tags: ["a"]))
                #expect(try await sidecars[1].consult(key) == .answer(body: "new"))
            }
        }
    }

    @Test("purges made while Redis is gone are told when it is back")
    func told() async throws {
        try await withRedisServer { server in
            try await withSidecars(of: server) { sidecars in
                let stored = answer("one", tags: ["a"])
                await server.kill()
                try await until { sidecars.allSatisfy { $0.tier.position == nil } }
                #expect(sidecars[1].tier.recheck == .seconds(1))
                #expect(try await sidecars[1].consult(key) == .skipped)
                sidecars[0].tier.purge(.tags(["a"]), softly: false)
                try await until { sidecars[0].tier.snapshot().purges.untold == 1 }
                #expect(sidecars[1].store.insert(stored, since: sidecars[1].store.mark()) == .stored)
                try await server.restart()
                // It hears of the purge, or is back later and validates all.
                try await until {
                    guard case .hit(let stored) = sidecars[1].store.lookup(key, request: [:]) else { return true }
                    return stored.freshness.alwaysValidate
                }
                try await until { sidecars[0].tier.snapshot().purges.untold == 0 }
            }
        }
    }

    @Test("a purge says whether it was told; what was not is told by the next life, and covers from its beginning")
    func untold() async throws {
        try await withRedisServer { server in
            try await withSidecars(of: server) { sidecars in
                let (former, other) = (sidecars[0].tier, sidecars[1].tier)
                #expect(await former.arePurgesTold())
                former.purge(.tags(["a"]), softly: false)
                #expect(await former.arePurgesTold() && former.purges.untold == [])
                try await until { former.purges.position?.number == 1 }
                await server.kill()
                try await until { sidecars.allSatisfy { $0.tier.position == nil } }
                former.purge(.tags(["b", "c"]), softly: true)
                #expect(await !former.arePurgesTold())
                #expect(former.purges.untold == ["T:b", "T:c"])
                let purges = SnapshotPurges(untold: former.purges.untold + ["?:of another version"])
                // The former life is over, before it can tell.
                await former.shutdown()
                try await server.restart()
                try await until { other.position != nil }
                let heard = other.snapshot().purges.received
                try await withSidecars(1, of: server, resumingAt: purges) { sidecars in
                    try await until { sidecars[0].tier.purges.untold == [] }
                    #expect(await sidecars[0].tier.arePurgesTold())
                    try await until { other.snapshot().purges.received == heard + 3 }
                }
            }
        }
    }

    @Test("what is untold and cannot be read any more is told as a purge of all")
    func untoldLost() async throws {
        try await withRedisServer { server in
            try await withSidecars(of: server) { sidecars in
                try await sidecars[0].write(answer("one"))
                let lost = SnapshotPurges(loss: .untold(.header(.sealed)))
                try await withSidecars(1, of: server, resumingAt: lost) { next in
                    #expect(try await next[0].consult(key) == .fetch(staleBody: nil, hasLock: false))
                    try await until { sidecars.allSatisfy { $0.tier.snapshot().purges.received == 1 } }
                    #expect(try await sidecars[1].consult(key) == .fetch(staleBody: nil, hasLock: false))
                }
                try await sidecars[0].write(answer("two"))
                let unknown = SnapshotPurges(loss: .unknown(.foreign))
                try await withSidecars(1, of: server, resumingAt: unknown) { next in
                    let found = try await next[0].consult(key)
                    #expect(found == .answer(body: "two"))
                    #expect(next[0].tier.purges.untold == [])
                }
            }
        }
    }

    @Test("where numbers go back in one order another begins, whoever finds out", arguments: [false, true])
    func setBack(byPurging: Bool) async throws {
        try await withRedisServer { server in
            try await withSidecars(of: server) { sidecars in
                let before = try #require(sidecars[0].tier.position)
                for tag in ["a", "b", "c"] { sidecars[0].tier.purge(.tags([tag]), softly: false) }
                try await until { sidecars.allSatisfy { $0.tier.position?.number == before.number + 3 } }
                try await sidecars[0].write(answer("one", tags: ["d"]))
                try await server.cli("HSET", String(buffer: sidecars[0].tier.keys.logHead), "number", "1")
                if byPurging { sidecars[1].tier.purge(.tags(["d"]), softly: false) }
                try await until { sidecars.allSatisfy { $0.tier.position.map { $0.epoch != before.epoch } ?? false } }
                #expect(try await sidecars[0].consult(key) == .fetch(staleBody: nil, hasLock: false))
                #expect(sidecars.allSatisfy { $0.tier.snapshot().purges.doubts == 2 })
            }
        }
    }

    @Test("what was purged while one was cut off is purged when it is back")
    func caughtUp() async throws {
        try await withRedisServer { server in
            try await withSidecars(of: server) { sidecars in
                let cut = sidecars[1]
                for tag in ["a", "b"] {
                    let stored = answer(tag, key: CacheKey(tag == "a" ? 1 : 2, 0, 0, 0), tags: [tag])
                    #expect(cut.store.insert(stored, since: cut.store.mark()) == .stored)
                }
                // Nobody may listen, so nobody hears of the purge.
                try await server.cli("ACL", "SETUSER", "default", "resetchannels")
                try await server.cli("CLIENT", "KILL", "TYPE", "pubsub")
                try await until { cut.tier.position == nil }
                try await server.cli(
                    "EVAL",
                    "redis.call('HINCRBY', KEYS[1], 'number', 1) return redis.call('ZADD', KEYS[2], 1, 't:a')",
                    "2",
                    String(buffer: cut.tier.keys.logHead),
                    String(buffer: cut.tier.keys.logPurges)
                )
                try await server.cli("ACL", "SETUSER", "default", "allchannels")
                try await until { cut.tier.position?.number == 1 }
                try await until { cut.store.statistics.entries == 1 }
                #expect(cut.tier.snapshot().purges.doubts == 1, "of the beginning")
                try await until { cut.tier.recheck == nil }
            }
        }
    }

    @Test("where the purges are trimmed answers from before them are not read")
    func trimmed() async throws {
        try await withRedisServer { server in
            try await withSidecars(of: server, configure: { $0.maxPurges = 3 }) { sidecars in
                try await sidecars[0].write(answer("one"))
                for tag in ["a", "b", "c"] { sidecars[0].tier.purge(.tags([tag]), softly: false) }
                try await until { sidecars[1].tier.position?.number == 3 }
                #expect(try await sidecars[1].consult(key) == .answer(body: "one"))
                sidecars[0].tier.purge(.tags(["d"]), softly: false)
                try await until { sidecars[1].tier.position?.number == 4 }
                #expect(try await sidecars[1].consult(key) == .fetch(staleBody: nil, hasLock: false))
                #expect(try await server.cli("ZCARD", String(buffer: sidecars[0].tier.keys.logPurges)) == "3")
            }
        }
    }
}
