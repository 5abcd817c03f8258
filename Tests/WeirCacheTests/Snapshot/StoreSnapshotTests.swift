import Foundation
import NIOCore
import Testing
import WeirHTTP
import WeirTesting

@testable import WeirCache

@Suite("A snapshot of the store")
struct StoreSnapshotTests {
    private static let now = NIODeadline.uptimeNanoseconds(5_000_000_000_000)
    private static let wall = UnixTime(seconds: 1_700_000_000)
    private static let moment = StoreSnapshot.Moment(now: now, wall: wall)

    private let folder: TemporaryFolder
    private let path: String
    private let store = Self.makeStore()

    init() throws {
        folder = try TemporaryFolder()
        path = folder.path("weir.snapshot")
    }

    /// One shard, so that there is one order of everything.
    private static func makeStore(memory: Int = 1 << 20, maxVariants: Int = 3) -> MemoryStore {
        MemoryStore(settings: CacheSettings(memory: memory, maxVariants: maxVariants), shards: 1)
    }

    @discardableResult
    private func insert(_ response: StoredResponse, into other: MemoryStore? = nil) -> InsertOutcome {
        let store = other ?? store
        return store.insert(response, since: store.mark(), now: Self.now)
    }

    @discardableResult
    private func write(isCancelled: () -> Bool = { false }) -> SnapshotOutcome {
        StoreSnapshot(path: path, sealKey: nil).write(store, at: Self.moment, isCancelled: isCancelled)
    }

    /// Reads it `seconds` later by the wall clock, on a machine with a monotonic clock of its own.
    private func read(
        into store: MemoryStore,
        since mark: PurgeMark? = nil,
        after seconds: Int64 = 0,
        isCancelled: () -> Bool = { false }
    ) -> SnapshotOutcome {
        let wall = UnixTime(seconds: Self.wall.seconds + seconds)
        return StoreSnapshot(path: path, sealKey: nil).read(
            into: store,
            since: mark ?? store.mark(),
            at: .init(now: Self.now, wall: wall),
            isCancelled: isCancelled
        )
    }

    private static func standings(_ store: MemoryStore) -> [String] {
        var all: [String] = []
        try? store.forEachShard { standings in
            all += standings.map { "\($0.path) \($1.isMain ? "main" : "small") \($1.uses)" }
        }
        return all
    }

    private func content() throws -> [UInt8] { Array(try Data(contentsOf: URL(filePath: path))) }

    private func put(_ content: some Sequence<UInt8>) throws { try Data(content).write(to: URL(filePath: path)) }

    private func fill(_ count: Int, from first: Int = 0, body: Int = 16) {
        for number in first..<first + count {
            insert(response(key(number), body: body, receivedAt: Self.now, path: "/\(number)"))
        }
    }

    @Test("brings everything back, in the order in which it may go, and is gone once it is read")
    func roundTrip() throws {
        fill(300, body: 2000)
        for number in stride(from: 200, to: 300, by: 3) {
            for _ in 0...number % 4 { _ = store.lookup(key(number), request: [:], now: Self.now) }
        }
        fill(400, from: 300, body: 2000)
        let before = Self.standings(store)
        #expect(Set(before.map { $0.contains("main") }) == [true, false])
        let written = write()
        let size = try content().count
        #expect(written == SnapshotOutcome(entries: before.count, bytes: size))
        let restored = Self.makeStore()
        let outcome = read(into: restored)
        #expect(outcome.entries == before.count && outcome.dropped == 0 && outcome.fault == nil)
        #expect(Self.standings(restored) == before)
        #expect(restored.statistics.bytes == store.statistics.bytes)
        #expect(read(into: restored).fault == .missing)
    }

    @Test("takes up nothing in the place of what has come meanwhile, and no variant too many")
    func newer() throws {
        for value in ["a", "b", "c"] {
            insert(response(key(1), receivedAt: Self.now, selection: selection("x", value), path: "old"))
        }
        insert(response(key(2), receivedAt: Self.now, path: "old"))
        write()
        let restored = Self.makeStore(maxVariants: 3)
        for value in ["c", "d"] {
            insert(
                response(key(1), receivedAt: Self.now, selection: selection("x", value), path: "new"),
                into: restored
            )
        }
        let outcome = read(into: restored)
        #expect(outcome.entries == 2 && outcome.dropped == 2)
        let found = ["a", "b", "c", "d"].map { restored.lookup(key(1), request: section([("X", $0)])).response?.path }
        #expect(found == [nil, "old", "new", "new"])
        // What is restored is the older: it makes room for the next.
        insert(response(key(1), receivedAt: Self.now, selection: selection("x", "e"), path: "new"), into: restored)
        #expect(restored.lookup(key(1), request: section([("X", "b")])).name == "varyMiss")
        #expect(restored.statistics.entries == 4)
    }

    @Test("does not bring back what has been purged, or found to be another, since the start")
    func purged() throws {
        for number in 1...5 {
            insert(response(key(number), receivedAt: Self.now, tags: ["t\(number)"], path: "/\(number)"))
        }
        write()
        let restored = Self.makeStore()
        let mark = restored.beginRestoring()
        for purge in [Purge.tags(["t1"]), .key(key(2)), .pattern(GlobPattern("/3*"))] {
            #expect(restored.purge(purge) == 0)
        }
        restored.remove(key: key(4), matching: [:])
        let outcome = read(into: restored, since: mark)
        restored.endRestoring()
        #expect(outcome.entries == 1 && outcome.dropped == 4)
        #expect(restored.lookup(key(5), request: [:]).name == "hit")
        #expect(restored.purge(.tags(["t5"])) == 1)
        #expect(restored.statistics.bytes == 0)
    }

    @Test("ages by the wall clock; what is of no use any more is neither written nor restored")
    func ages() throws {
        insert(response(key(1), lifetime: 100, receivedAt: Self.now - .seconds(30)))
        insert(response(key(2), lifetime: 10, receivedAt: Self.now - .seconds(30)))
        insert(response(key(3), fields: [("ETag", "\"a\"")], lifetime: 10, receivedAt: Self.now - .seconds(30)))
        insert(response(key(4), lifetime: 60, receivedAt: Self.now - .seconds(30)))
        #expect(write().entries == 3)
        let restored = Self.makeStore()
        let outcome = read(into: restored, after: 40)
        #expect(outcome.entries == 2 && outcome.dropped == 1)
        let first = try #require(restored.lookup(key(1), request: [:], now: Self.now).response)
        #expect(first.age(at: Self.now) == 70 && first.timeToLive(at: Self.now) == 30)
        let second = try #require(restored.lookup(key(3), request: [:], now: Self.now).response)
        #expect(second.age(at: Self.now) == 70 && second.timeToLive(at: Self.now) == -60)
    }

    @Test("where the clock has gone back everything is stale, and what cannot be validated is dropped")
    func clockGoneBack() throws {
        insert(response(key(1), lifetime: 100, receivedAt: Self.now))
        insert(response(key(2), fields: [("ETag", "\"a\"")], lifetime: 100, receivedAt: Self.now - .seconds(7)))
        write()
        let restored = Self.makeStore()
        let outcome = read(into: restored, after: -1)
        #expect(outcome.entries == 1 && outcome.dropped == 1)
        let stale = try #require(restored.lookup(key(2), request: [:], now: Self.now).response)
        #expect(stale.age(at: Self.now) == 7 && stale.timeToLive(at: Self.now) == 0)
    }

    @Test("keeps to a smaller budget: the best of it stays, and all that has come meanwhile")
    func smallerBudget() throws {
        fill(300, body: 1000)
        for number in 0..<100 {
            for _ in 0..<3 { _ = store.lookup(key(number), request: [:], now: Self.now) }
        }
        fill(600, from: 300, body: 1000)
        let best = Self.standings(store).filter { $0.contains("main") }
        write()
        let restored = Self.makeStore(memory: 300 << 10)
        let news = (1000..<1020).map { response(key($0), body: 1000, receivedAt: Self.now) }
        for response in news { insert(response, into: restored) }
        let outcome = read(into: restored)
        #expect(outcome.fault == nil && outcome.entries > 50 && outcome.dropped > 200)
        #expect(restored.statistics.bytes <= 300 << 10)
        #expect(news.allSatisfy { restored.lookup($0.key, request: [:], now: Self.now).response === $0 })
        #expect(Self.standings(restored).filter { $0.contains("main") } == best.prefix(outcome.entries).map(\.self))
    }

    @Test("an entry that is too large by now is passed over")
    func tooLarge() throws {
        insert(response(key(1), body: 16, receivedAt: Self.now))
        insert(response(key(2), body: 60_000, receivedAt: Self.now))
        insert(response(key(3), body: 16, receivedAt: Self.now))
        write()
        let restored = Self.makeStore(memory: 256 << 10)
        let outcome = read(into: restored)
        #expect(outcome.entries == 2 && outcome.dropped == 1 && outcome.fault == nil)
        #expect(
            restored.lookup(key(1), request: [:]).name == "hit" && restored.lookup(key(3), request: [:]).name == "hit"
        )
    }

    @Test("cut short anywhere, it gives the entries that are whole before, and says where it ends")
    func truncated() throws {
        fill(3)
        write()
        let whole = try content()
        var found: [Int] = []
        for length in 0..<whole.count where length % 7 == 0 || length < 60 || length > whole.count - 30 {
            try put(whole.prefix(length))
            let restored = Self.makeStore()
            let outcome = read(into: restored)
            #expect(outcome.fault != nil && restored.statistics.entries == outcome.entries)
            if case .entry(let fault, let offset) = outcome.fault { #expect(fault == .damaged && offset <= length) }
            found.append(outcome.entries)
        }
        #expect(found == found.sorted() && Set(found) == [0, 1, 2, 3])
    }

    @Test("with a bit of any byte changed, what is from there on is not taken")
    func flipped() throws {
        fill(3)
        write()
        let whole = try content()
        for position in whole.indices where position % 7 == 0 || position < 60 || position > whole.count - 30 {
            var changed = whole
            changed[position] ^= 1 << UInt8(position % 8)
            try put(changed)
            let restored = Self.makeStore()
            let outcome = read(into: restored)
            #expect(outcome.fault != nil, "byte \(position)")
            #expect(outcome.entries <= 3 * position / whole.count + 1)
            #expect(Self.standings(restored) == Self.standings(store).prefix(outcome.entries).map(\.self))
            // A file that does not begin as a snapshot is nobody's to remove.
            #expect(FileManager.default.fileExists(atPath: path) == (position < 8))
        }
    }

    @Test(
        "keeps what is untold of purges, sealed as all else; damaged there nothing is taken",
        arguments: [false, true]
    )
    func untold(isSealed: Bool) throws {
        let key = isSealed ? SealKey(String(repeating: "7", count: 64)) : nil
        let snapshot = StoreSnapshot(path: path, sealKey: key)
        let purges = SnapshotPurges(position: PurgePosition(epoch: 7, number: 9), untold: ["t:a b", "P:/c\n*"])
        fill(2)
        #expect(snapshot.write(store, at: Self.moment, purges: purges) { false }.fault == nil)
        #expect(snapshot.purges == purges && snapshot.purges == purges)
        let whole = try content()
        #expect((String(decoding: whole, as: UTF8.self).contains("t:a b")) == !isSealed)
        let other = StoreSnapshot(path: path, sealKey: SealKey(String(repeating: "8", count: 64)))
        #expect(other.purges == SnapshotPurges(loss: .untold(.header(isSealed ? .sealed : .notSealed))))
        for position in SnapshotHeader.size..<(SnapshotHeader.size + 38) {
            var changed = whole
            changed[position] ^= 1
            try put(changed)
            #expect(snapshot.purges.untold == [] && snapshot.purges.position == nil, "byte \(position)")
            let isSaid = if case .untold? = snapshot.purges.loss { true } else { false }
            #expect(isSaid, "byte \(position)")
        }
        let restored = Self.makeStore()
        let damaged = snapshot.read(into: restored, since: restored.mark(), at: Self.moment) { false }
        #expect(damaged.fault != nil && damaged.entries == 0)
        try put(whole)
        #expect(snapshot.read(into: restored, since: restored.mark(), at: Self.moment) { false }.entries == 2)
    }

    @Test("cut short, or of another kind, it says that what is untold is lost, as far as that can be told")
    func lostPurges() throws {
        let snapshot = StoreSnapshot(path: path, sealKey: nil)
        #expect(snapshot.purges == SnapshotPurges())
        let purges = SnapshotPurges(untold: ["t:a"])
        #expect(snapshot.write(store, at: Self.moment, purges: purges) { false }.fault == nil)
        let whole = try content()
        for length in [0, 7, 8, 9, 10, 30, 61] {
            try put(whole.prefix(length))
            #expect(snapshot.purges == SnapshotPurges(loss: .unknown(.header(.damaged))), "\(length) bytes")
        }
        for length in SnapshotHeader.size..<(whole.count - 12) {
            try put(whole.prefix(length))
            #expect(snapshot.purges == SnapshotPurges(loss: .untold(.header(.damaged))), "\(length) bytes")
        }
        for position in 10..<SnapshotHeader.size {
            var changed = whole
            changed[position] ^= 1 << UInt8(position % 8)
            try put(changed)
            #expect(snapshot.purges == SnapshotPurges(loss: .unknown(.header(.damaged))), "byte \(position)")
        }
        // As if nothing were untold.
        var none = whole
        none.replaceSubrange(50..<54, with: [0, 0, 0, 0])
        try put(none)
        #expect(snapshot.purges == SnapshotPurges(loss: .unknown(.header(.damaged))))
        for (position, fault) in [(0, SnapshotFault.foreign), (9, .header(.otherVersion))] {
            var changed = whole
            changed[position] ^= 1
            try put(changed)
            #expect(snapshot.purges == SnapshotPurges(loss: .unknown(fault)))
        }
    }

    @Test("entries that are moved, repeated or of another snapshot are damage")
    func rearranged() throws {
        fill(2)
        write()
        let first = try content()
        let length = (first.count - SnapshotHeader.size - 12) / 2
        let (header, rest) = (first.prefix(SnapshotHeader.size), first.dropFirst(SnapshotHeader.size))
        let (one, two, end) = (rest.prefix(length), rest.dropFirst(length).prefix(length), rest.suffix(12))
        try FileManager.default.removeItem(atPath: path)
        write()
        let otherHeader = try content().prefix(SnapshotHeader.size)
        for (pieces, entries) in [
            ([header, one, two, end], 2), ([header, two, one, end], 0), ([header, one, one, end], 1),
            ([header, two, end], 0), ([otherHeader, one, two, end], 0), ([header, one, end], 1),
            ([header, one, two, end, end], 2),
        ] {
            try put(pieces.joined())
            let outcome = read(into: Self.makeStore())
            #expect(outcome.entries == entries)
            #expect((outcome.fault == nil) == (pieces.count == 4 && entries == 2))
        }
    }

    @Test("given up while it is written, it leaves nothing; while it is read, what has been read")
    func cancelled() throws {
        fill(10)
        write()
        var asked = 0
        let isFifth: () -> Bool = {
            asked += 1
            return asked > 4
        }
        let restored = Self.makeStore()
        let outcome = read(into: restored, isCancelled: isFifth)
        #expect(outcome.fault == .cancelled && outcome.entries == 4 && restored.statistics.entries == 4)
        asked = 0
        #expect(write(isCancelled: isFifth).fault == .cancelled)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path("")).isEmpty)
    }

    @Test("one that lies there from before is gone even where writing fails")
    func former() throws {
        fill(1)
        write()
        #expect(write(isCancelled: { true }).fault == .cancelled)
        #expect(!FileManager.default.fileExists(atPath: path))
    }
}
