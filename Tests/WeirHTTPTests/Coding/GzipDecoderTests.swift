import NIOCore
import Testing
import WeirHTTP

@Suite("gzip, taking it off")
struct GzipDecoderTests {
    private static func decode(_ pieces: [ByteBuffer], _ decoder: GzipDecoder) throws(GzipError) -> ByteBuffer {
        var body = ByteBuffer()
        for piece in pieces { body.writeImmutableBuffer(try decoder.decode(piece)) }
        try decoder.finish()
        return body
    }

    private static func joined(_ parts: [ByteBuffer]) -> ByteBuffer {
        parts.reduce(into: ByteBuffer()) { $0.writeImmutableBuffer($1) }
    }

    @Test("RFC 1952: what zlib codes is decoded", arguments: Bodies.all)
    func decodesWholeBodies(body: ByteBuffer) throws {
        #expect(try GzipDecoder.decompress(Zlib.gzip(body), maximumOutput: nil) == body)
        #expect(try GzipDecoder.decompress(Zlib.gzip(body), maximumOutput: body.readableBytes) == body)
    }

    @Test("a body that comes in two pieces, split anywhere, is that body")
    func decodesEverySplit() throws {
        let body = Bodies.words(3000)
        let coded = Zlib.gzip(body)
        for split in 0...coded.readableBytes {
            let pieces = [
                coded.getSlice(at: 0, length: split)!,
                coded.getSlice(at: split, length: coded.readableBytes - split)!,
            ]
            #expect(try Self.decode(pieces, GzipDecoder(maximumOutput: nil)) == body)
        }
    }

    @Test("a body that comes in any pieces is that body", arguments: Bodies.all, [1, 7, 5000])
    func decodesPieces(body: ByteBuffer, longest: Int) throws {
        let pieces = Bodies.pieces(of: Zlib.gzip(body), longest: longest, seed: longest)
        #expect(try Self.decode(pieces, GzipDecoder(maximumOutput: nil)) == body)
    }

    @Test("RFC 1952 §2.2: members one after the other are one body", arguments: [1, 3, 100_000])
    func decodesMembers(longest: Int) throws {
        let bodies = [Bodies.words(3000), ByteBuffer(), Bodies.noise(500), ByteBuffer(string: "end")]
        let coded = Self.joined(bodies.map { Zlib.gzip($0) })
        let pieces = Bodies.pieces(of: coded, longest: longest, seed: 1)
        #expect(try Self.decode(pieces, GzipDecoder(maximumOutput: nil)) == Self.joined(bodies))
    }

    @Test("nothing at all is an empty body")
    func decodesNothing() throws {
        #expect(try Self.decode([], GzipDecoder(maximumOutput: 0)).readableBytes == 0)
        #expect(try Self.decode([ByteBuffer()], GzipDecoder(maximumOutput: 0)).readableBytes == 0)
    }

    @Test("a body cut off anywhere is told from a whole one")
    func detectsTruncation() {
        let coded = Zlib.gzip(Bodies.words(3000))
        for length in 1..<coded.readableBytes {
            #expect(throws: GzipError.truncated) {
                try GzipDecoder.decompress(coded.getSlice(at: 0, length: length)!, maximumOutput: nil)
            }
        }
        let second = Self.joined([coded, coded.getSlice(at: 0, length: 5)!])
        #expect(throws: GzipError.truncated) { try GzipDecoder.decompress(second, maximumOutput: nil) }
    }

    @Test("no changed bit goes unseen that could change the body")
    func detectsCorruption() {
        let body = Bodies.words(600)
        let coded = Zlib.gzip(body)
        for index in 0..<coded.readableBytes {
            for bit in 0..<8 {
                var changed = coded
                changed.setInteger(changed.getInteger(at: index, as: UInt8.self)! ^ 1 << bit, at: index)
                let decoded = try? GzipDecoder.decompress(changed, maximumOutput: nil)
                // The header's time and system and the bits that fill the last byte are not the body's.
                #expect(decoded == nil || decoded == body)
            }
        }
    }

    @Test(
        "what is not gzip is corrupt",
        arguments: [
            "hello", "{\"message\": \"not compressed at all\"}", "\u{1F}", "\u{1F}\u{1F}", "\0\0\0\0",
        ]
    )
    func detectsOtherBytes(text: String) {
        let error = #expect(throws: GzipError.self) {
            try GzipDecoder.decompress(ByteBuffer(string: text), maximumOutput: nil)
        }
        #expect(error == (text == "\u{1F}" ? .truncated : .corrupt))
    }

    @Test("bytes behind the last member are corrupt")
    func detectsTrailingBytes() {
        let coded = Self.joined([Zlib.gzip(Bodies.words(300)), ByteBuffer(string: "trailing")])
        #expect(throws: GzipError.corrupt) { try GzipDecoder.decompress(coded, maximumOutput: nil) }
    }

    @Test("once failed, it fails the same way")
    func staysFailed() throws {
        let decoder = GzipDecoder(maximumOutput: nil)
        #expect(throws: GzipError.corrupt) { try decoder.decode(ByteBuffer(string: "hello")) }
        #expect(throws: GzipError.corrupt) { try decoder.decode(Zlib.gzip(Bodies.words(10))) }
        #expect(throws: GzipError.corrupt) { try decoder.finish() }
    }

    @Test("a body may be as large as is allowed, and not one byte larger", arguments: [0, 1, 4095, 4096, 4097, 70_000])
    func limitsOutput(length: Int) throws {
        let coded = Zlib.gzip(Bodies.noise(length))
        #expect(try GzipDecoder.decompress(coded, maximumOutput: length).readableBytes == length)
        guard length > 0 else { return }
        #expect(throws: GzipError.tooLarge(limit: length - 1)) {
            try GzipDecoder.decompress(coded, maximumOutput: length - 1)
        }
    }

    @Test("the limit is for all members together, in any pieces")
    func limitsMembers() {
        let member = Zlib.gzip(Bodies.words(1000))
        let pieces = Bodies.pieces(of: Self.joined([member, member, member]), longest: 50, seed: 5)
        #expect(throws: GzipError.tooLarge(limit: 2999)) {
            try Self.decode(pieces, GzipDecoder(maximumOutput: 2999))
        }
    }

    @Test("a bomb is defused before it takes memory", arguments: [1, 10, 100])
    func limitsRatio(ratio: Int) throws {
        let coded = Zlib.gzip(ByteBuffer(repeating: 0, count: 8 << 20), level: 9)
        let decoder = GzipDecoder(maximumOutput: nil, maximumRatio: ratio)
        var produced = 0
        #expect(throws: GzipError.excessiveRatio(limit: ratio)) {
            for piece in Bodies.pieces(of: coded, longest: 64, seed: 2) {
                produced += try decoder.decode(piece).readableBytes
            }
        }
        #expect(produced <= max(65_536, ratio * coded.readableBytes))
    }

    @Test("a small body may be as repetitive as it likes")
    func allowsSmallBodies() throws {
        let body = ByteBuffer(repeating: 0x20, count: 60_000)
        let decoder = GzipDecoder(maximumOutput: nil, maximumRatio: 1)
        #expect(try Self.decode([Zlib.gzip(body)], decoder) == body)
    }
}
