import NIOCore
import Testing
import WeirHTTP
import WeirTraces

@testable import WeirCache

@Suite("A stored response as bytes")
struct StoredResponseCoderTests {
    private static let now = NIODeadline.uptimeNanoseconds(5_000_000_000_000)
    private static let note = ByteBuffer(string: "note")
    private static let place = ByteBuffer(string: "weir:abc")
    private static let key = SealKey(String(repeating: "0123456789abcdef", count: 4))!
    private static let otherKey = SealKey(String(repeating: "0123456789abcdee", count: 4))!

    static let coders: [StoredResponseCoder] = [StoredResponseCoder(), StoredResponseCoder(seal: key)]

    private static func decode(
        _ bytes: ByteBuffer,
        by coder: StoredResponseCoder,
        boundTo place: ByteBuffer = place,
        elapsed: TimeAmount = .zero,
        now: NIODeadline = now
    ) -> Result<(StoredResponse, note: ByteBuffer), CodingFault> {
        coder.decode(bytes, boundTo: place, elapsed: elapsed, now: now)
    }

    private static func fault(
        _ bytes: ByteBuffer,
        by coder: StoredResponseCoder,
        boundTo place: ByteBuffer = place
    ) -> CodingFault? {
        switch decode(bytes, by: coder, boundTo: place) {
        case .success: nil
        case .failure(let fault): fault
        }
    }

    /// Under 200 bytes, with everything in it that has a length.
    private static func small() -> StoredResponse {
        response(WeirCacheTests.key(1), body: 3, fields: [("A", "b")], selection: selection("x", "y"), tags: ["t"])
    }

    @Test("comes back as it was", arguments: 0..<200)
    func roundTrip(seed: Int) throws {
        var random = RandomResponse(seed: seed)
        let response = random.make(receivedAt: Self.now - .milliseconds(Int64(seed) * 777))
        let note = ByteBuffer(bytes: random.bytes(40))
        for coder in Self.coders {
            let bytes = coder.encode(response, note: note, boundTo: Self.place, now: Self.now)
            let (decoded, decodedNote) = try Self.decode(bytes, by: coder).get()
            #expect(decoded.parts == response.parts)
            #expect(decodedNote == note)
            #expect(decoded.age(at: Self.now) == response.age(at: Self.now))
            #expect(decoded.timeToLive(at: Self.now) == response.timeToLive(at: Self.now))
        }
    }

    @Test("an AI answer's other kind, which can be made again, is not written")
    func otherKind() throws {
        let stored = Self.small()
        var both = stored
        for hasUsage in [true, false] {
            let form = Representation.Form(isEventStream: true, hasUsage: hasUsage)
            let text = ByteBuffer(string: "data: x\n\n")
            both = both.adding(
                Representation(form: form, head: text, notModifiedHead: text, body: text, etag: nil)
            )
            #expect(both.representation(form)?.body == text)
        }
        let coder = StoredResponseCoder()
        let bytes = coder.encode(both, note: ByteBuffer(), boundTo: Self.place, now: Self.now)
        let (decoded, _) = try Self.decode(bytes, by: coder).get()
        #expect(decoded.parts == stored.parts)
    }

    @Test("holds bytes of its own, none of those it was read from", arguments: coders)
    func ownBytes(coder: StoredResponseCoder) throws {
        let response = response(WeirCacheTests.key(1), body: 1024, fields: [("A", "b")])
        let bytes = coder.encode(response, note: ByteBuffer(), boundTo: Self.place, now: Self.now)
        let (decoded, _) = try Self.decode(bytes, by: coder).get()
        let form = decoded.representations[0]
        #expect(form.body.storageCapacity == 1024)
        #expect(form.head.storageCapacity < 64)
        #expect(decoded.fields.storage.storageCapacity < 64)
        #expect(decoded.size == response.size)
    }

    @Test("grows older by what it was away, to the nanosecond")
    func age() throws {
        let coder = StoredResponseCoder()
        let received = Self.now - .milliseconds(1600)
        let response = response(WeirCacheTests.key(1), lifetime: 60, receivedAt: received)
        let bytes = coder.encode(response, note: ByteBuffer(), boundTo: Self.place, now: Self.now)
        // A machine that has just started: its clock has not run as long as the response was away.
        let later = NIODeadline.uptimeNanoseconds(3_000_000_000)
        let (decoded, _) = try Self.decode(bytes, by: coder, elapsed: .milliseconds(10_300), now: later).get()
        #expect(decoded.age(at: later) == 11)
        #expect(decoded.age(at: later + .milliseconds(99)) == 11)
        #expect(decoded.age(at: later + .milliseconds(100)) == 12)
        #expect(decoded.timeToLive(at: later) == 49)
    }

    @Test(
        "a clock that has gone back takes nothing off the age; ages of any size are one",
        arguments: [Int64.min, .max]
    )
    func extremeAge(elapsed: Int64) throws {
        let coder = StoredResponseCoder()
        let response = response(WeirCacheTests.key(1), lifetime: .max, staleIfError: .max, receivedAt: Self.now)
        let bytes = coder.encode(response, note: ByteBuffer(), boundTo: Self.place, now: Self.now)
        let (decoded, _) = try Self.decode(bytes, by: coder, elapsed: .nanoseconds(elapsed)).get()
        // A century is as long as is told apart.
        let age = min(max(0, elapsed) / 1_000_000_000, Int64(UInt32.max))
        #expect(decoded.age(at: Self.now) == age)
        #expect(decoded.timeToLive(at: Self.now) == Int64(UInt32.max) - age)
        #expect(decoded.uselessAt > Self.now)
    }

    @Test("cut short anywhere, or with a byte more, it is damaged", arguments: coders)
    func truncated(coder: StoredResponseCoder) {
        let bytes = coder.encode(Self.small(), note: Self.note, boundTo: Self.place, now: Self.now)
        #expect(Self.fault(bytes, by: coder) == nil)
        for length in 0..<bytes.readableBytes {
            #expect(Self.fault(bytes.getSlice(at: 0, length: length)!, by: coder) == .damaged, "\(length) bytes")
        }
        var longer = bytes
        longer.writeInteger(UInt8(0))
        #expect(Self.fault(longer, by: coder) == .damaged)
    }

    @Test("with any one bit changed it is not taken", arguments: coders)
    func flipped(coder: StoredResponseCoder) {
        let bytes = coder.encode(Self.small(), note: Self.note, boundTo: Self.place, now: Self.now)
        for bit in 0..<bytes.readableBytes * 8 {
            var changed = bytes
            changed.setInteger(bytes.getInteger(at: bit / 8, as: UInt8.self)! ^ 1 << UInt8(bit % 8), at: bit / 8)
            let fault = Self.fault(changed, by: coder)
            switch bit / 8 {
            case 2: #expect(fault == .otherVersion)
            case 3: #expect(fault != nil)
            // The identifier of the key, where there is one.
            case 4..<8: #expect(fault == .damaged || fault == .sealed)
            default: #expect(fault == .damaged, "bit \(bit)")
            }
        }
    }

    @Test("bound to something else it is damaged", arguments: coders)
    func bound(coder: StoredResponseCoder) {
        let bytes = coder.encode(Self.small(), note: Self.note, boundTo: Self.place, now: Self.now)
        for place in ["", "weir:ab", "weir:abcd", "weir:abd"] {
            #expect(Self.fault(bytes, by: coder, boundTo: ByteBuffer(string: place)) == .damaged)
        }
    }

    @Test("only its key opens what is sealed, and with a key only what is sealed counts")
    func keys() {
        let (open, sealing) = (StoredResponseCoder(), StoredResponseCoder(seal: Self.key))
        let sealed = sealing.encode(Self.small(), note: Self.note, boundTo: Self.place, now: Self.now)
        let unsealed = open.encode(Self.small(), note: Self.note, boundTo: Self.place, now: Self.now)
        #expect(Self.fault(sealed, by: sealing) == nil)
        #expect(Self.fault(sealed, by: open) == .sealed)
        #expect(Self.fault(sealed, by: StoredResponseCoder(seal: Self.otherKey)) == .sealed)
        #expect(Self.fault(unsealed, by: sealing) == .notSealed)
        // Another key that gives itself out as this one.
        var disguised = StoredResponseCoder(seal: Self.otherKey).encode(
            Self.small(),
            note: Self.note,
            boundTo: Self.place,
            now: Self.now
        )
        disguised.setInteger(sealed.getInteger(at: 4, as: UInt32.self)!, at: 4)
        #expect(Self.fault(disguised, by: sealing) == .damaged)
    }

    @Test("sealed, none of it shows, and no two are alike")
    func opaque() {
        let coder = StoredResponseCoder(seal: Self.key)
        let response = response(WeirCacheTests.key(1), body: 64, tags: ["user:ada"], path: "/secret")
        let first = coder.encode(response, note: Self.note, boundTo: Self.place, now: Self.now)
        let second = coder.encode(response, note: Self.note, boundTo: Self.place, now: Self.now)
        for word in ["user:ada", "/secret", "HTTP/1.1", "xxxxxxxx", "note"] {
            #expect(first.readableBytesView.firstRange(of: Array(word.utf8)) == nil, "\(word)")
        }
        #expect(first.getBytes(at: 8, length: 32) != second.getBytes(at: 8, length: 32))
        #expect(first.getBytes(at: 56, length: 64) != second.getBytes(at: 56, length: 64))
    }

    @Test("content that was never written is damaged, however well protected", arguments: coders)
    func invented(coder: StoredResponseCoder) {
        let content = ByteBuffer(bytes: [UInt8](repeating: 0xFF, count: 400))
        for length in [0, 1, 4, 60, 400] {
            let bytes = coder.enclose(content.getSlice(at: 0, length: length)!, boundTo: Self.place)
            #expect(Self.fault(bytes, by: coder) == .damaged)
        }
    }

    @Test("content that was changed and protected anew is damaged or another response, never a trap", arguments: 0..<20)
    func changedContent(seed: Int) throws {
        var random = RandomResponse(seed: seed)
        var generator = SplitMix64(state: UInt64(seed))
        let coder = StoredResponseCoder()
        let bytes = coder.encode(
            random.make(receivedAt: Self.now),
            note: Self.note,
            boundTo: Self.place,
            now: Self.now
        )
        let content = Array(bytes.readableBytesView.dropFirst(20))
        for _ in 0..<60 {
            var changed = content
            // Among the first bytes, where lengths and numbers are, as often as anywhere.
            let limit = Bool.random(using: &generator) ? min(200, content.count) : content.count
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                changed[Int.random(in: 0..<limit, using: &generator)] = [0, 1, 0x7F, 0x80, 0xFF].randomElement(
                    using: &generator
                )!
            }
            let enclosed = coder.enclose(ByteBuffer(bytes: changed), boundTo: Self.place)
            guard let (response, note) = try? Self.decode(enclosed, by: coder).get() else { continue }
            let again = coder.encode(response, note: note, boundTo: Self.place, now: Self.now)
            let (second, _) = try Self.decode(again, by: coder).get()
            #expect(second.parts == response.parts && second.age(at: Self.now) == response.age(at: Self.now))
            _ = (second.uselessAt, second.stale(at: Self.now), second.timeToLive(at: .distantFuture), second.size)
        }
    }
}
