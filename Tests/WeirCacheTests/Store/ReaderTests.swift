import NIOCore
import Testing
import WeirHTTP
import WeirTraces

@testable import WeirCache

/// What a reader holds is never freed or changed under it. Run it with AddressSanitizer and ThreadSanitizer as well.
@Suite("Readers")
struct ReaderTests {
    private static let keys = 200

    /// Every byte of a response says which key and version it is of; some bodies are packed, others lie apart.
    private static func response(_ number: Int, version: UInt8) -> StoredResponse {
        let mark = UInt8(truncatingIfNeeded: number) &* 31 &+ version
        let count = number % 4 == 0 ? Representation.packedBody + number : 100 + number
        return StoredResponse(
            key: key(number),
            status: 200,
            fields: section([("X-Mark", "\(mark)")]),
            freshness: Freshness(lifetime: 60),
            initialAge: 0,
            receivedAt: .now(),
            lastModified: nil,
            selection: .none,
            tags: ["mark:\(mark)", "all"],
            path: "/\(mark)",
            representations: [
                Representation(
                    form: Representation.Form(),
                    head: ByteBuffer(repeating: mark, count: 300),
                    notModifiedHead: ByteBuffer(repeating: mark, count: 200),
                    body: ByteBuffer(repeating: mark, count: count),
                    etag: nil
                )
            ]
        )
    }

    /// Whether all of it is of one and the same version.
    private static func isWhole(_ response: StoredResponse) -> Bool {
        let received = response.received
        let head = received.head
        guard let mark = head.readableBytesView.first else { return false }
        return [head, received.notModifiedHead, received.body].allSatisfy {
            $0.readableBytesView.allSatisfy { $0 == mark }
        }
            && head.readableBytes == 300 && received.bodyLength == received.body.readableBytes
            && response.tags == ["mark:\(mark)", "all"] && response.path == "/\(mark)"
            && response.fields.string(named: "x-mark") == "\(mark)"
    }

    @Test("hold what they have, whole, while others replace, evict, purge and sweep it")
    func hold() async {
        // Room for about a quarter: everything is evicted all the time.
        let store = MemoryStore(settings: CacheSettings(memory: 1 << 20, maxObject: 64 << 10))
        let broken = await withTaskGroup(of: Int.self) { group in
            for worker in 0..<4 {
                group.addTask { Self.work(on: store, seed: worker) }
            }
            return await group.reduce(0, +)
        }
        #expect(broken == 0)
        _ = store.purge(.all)
        #expect(store.statistics.bytes == 0)
    }

    /// Changes this and that, and looks at what it has held for a while.
    /// - Returns: how many responses were not what they had been.
    private static func work(on store: MemoryStore, seed: Int) -> Int {
        var generator = SplitMix64(state: UInt64(seed))
        var held: [StoredResponse] = []
        var (seen, broken) = (0, 0)
        for step in 0..<1500 {
            let number = Int.random(in: 0..<keys, using: &generator)
            change(store, number, UInt8(step % 50), &generator)
            let other = Int.random(in: 0..<keys, using: &generator)
            if let found = store.lookup(key(other), request: FieldSection()).response { held.append(found) }
            guard held.count == 64 else { continue }
            seen += held.count
            broken += held.count { !isWhole($0) }
            held.removeAll(keepingCapacity: true)
        }
        #expect(seen > 0)
        return broken
    }

    private static func change(
        _ store: MemoryStore,
        _ number: Int,
        _ version: UInt8,
        _ generator: inout SplitMix64
    ) {
        let new = response(number, version: version)
        switch Int.random(in: 0..<40, using: &generator) {
        case 0: _ = store.purge(.key(key(number)))
        case 1: _ = store.purge(.tags(new.tags.dropLast().reduce(into: []) { $0.insert($1) }), softly: true)
        case 2: _ = store.purge(.pattern(GlobPattern("/1*")))
        case 3: store.sweep(now: .now() + .hours(1))
        case 4: _ = store.purge(.all, softly: true)
        case 5..<15:
            if let old = store.lookup(key(number), request: FieldSection()).response {
                _ = store.replace(old, with: new)
            }
        case _: _ = store.insert(new, since: store.mark())
        }
    }
}
