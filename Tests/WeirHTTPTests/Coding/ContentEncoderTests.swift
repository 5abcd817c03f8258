import NIOCore
import Testing

@testable import WeirHTTP

/// Brotli and zstd, decoded by their own libraries.
@Suite struct ContentEncoderTests {
    private static let codings: [ContentCoding] = [.brotli, .zstd]

    private static func decode(_ coded: ByteBuffer, _ coding: ContentCoding, like body: ByteBuffer) -> CodedPrefix {
        CodedPrefix(coded, coding, maximum: body.readableBytes)
    }

    private static func isWhole(_ prefix: CodedPrefix, _ body: ByteBuffer) -> Bool {
        prefix.isWhole && prefix.body == body
    }

    @Test("what is coded at once decodes to what it was, at any level", arguments: codings, Bodies.all)
    func whole(coding: ContentCoding, body: ByteBuffer) {
        for level in [1, 3, 5, 9, 11] {
            let coded = CompressionLevels(gzip: 1, brotli: level, zstd: level).compress(body, coding)
            #expect(Self.isWhole(Self.decode(coded, coding, like: body), body))
        }
    }

    @Test("a body coded in any pieces is that body", arguments: codings, Bodies.all)
    func pieces(coding: ContentCoding, body: ByteBuffer) {
        for longest in [1, 100, 5_000] where longest > 1 || body.readableBytes < 10_000 {
            let encoder = CompressionLevels().encoder(coding, expectedLength: nil)
            #expect(encoder.coding == coding)
            var coded = ByteBuffer()
            for piece in Bodies.pieces(of: body, longest: longest, seed: longest) {
                coded.writeImmutableBuffer(encoder.encode(piece))
            }
            coded.writeImmutableBuffer(encoder.finish())
            #expect(Self.isWhole(Self.decode(coded, coding, like: body), body))
        }
    }

    @Test("after a flush a reader has everything so far; what does not shrink too", arguments: codings)
    func flushes(coding: ContentCoding) {
        let encoder = CompressionLevels().encoder(coding, expectedLength: nil)
        var sent = ByteBuffer()
        var coded = ByteBuffer()
        for piece in Bodies.pieces(of: Bodies.words(9_000), longest: 900, seed: 3) + [Bodies.noise(70_000)] {
            sent.writeImmutableBuffer(piece)
            coded.writeImmutableBuffer(encoder.encode(piece))
            coded.writeImmutableBuffer(encoder.flush())
            let prefix = Self.decode(coded, coding, like: sent)
            #expect(prefix.body == sent && !prefix.isWhole)
        }
        coded.writeImmutableBuffer(encoder.finish())
        #expect(Self.isWhole(Self.decode(coded, coding, like: sent), sent))
    }

    @Test(
        "what is shorter or longer than was expected is coded all the same",
        arguments: codings,
        [0, 1, 1_000, 1_000_000, 1 << 40]
    )
    func wrongExpectations(coding: ContentCoding, expectedLength: Int) {
        let body = Bodies.words(70_000)
        let encoder = CompressionLevels().encoder(coding, expectedLength: expectedLength)
        var coded = encoder.encode(body)
        coded.writeImmutableBuffer(encoder.finish())
        #expect(Self.isWhole(Self.decode(coded, coding, like: body), body))
    }

    @Test("the same body is the same bytes, and smaller", arguments: ContentCoding.allCases.dropFirst())
    func deterministic(coding: ContentCoding) {
        let body = Bodies.words(70_000)
        let coded = CompressionLevels().compress(body, coding)
        #expect(coded.readableBytes < body.readableBytes / 3)
        #expect(CompressionLevels().compress(body, coding) == coded)
    }

    @Test(
        "the window holds the body and no more",
        arguments: [(nil, 18), (0, 10), (1_024, 10), (1_025, 11), (65_536, 16), (65_537, 17), (1 << 30, 18)]
            as [(Int?, Int)]
    )
    func window(length: Int?, bits: Int) {
        #expect(WindowSize.bits(upTo: WindowSize.streaming, expectedLength: length) == bits)
        // RFC 9659 §3: 8 MiB at the most.
        #expect(WindowSize.bits(upTo: WindowSize.whole, expectedLength: .max) <= 23)
    }
}
