import NIOCore
import Testing

@testable import WeirHTTP

@Suite("gzip, making it")
struct GzipEncoderTests {
    @Test("RFC 1952: what is coded at once, zlib decodes to what it was", arguments: Bodies.all, [1, 6, 9])
    func codesWholeBodies(body: ByteBuffer, level: Int) throws {
        let coded = GzipEncoder.compress(body, level: level)
        let decoded = try #require(Zlib.gunzip(coded, maximum: body.readableBytes))
        #expect(decoded.body == body)
        #expect(decoded.consumed == coded.readableBytes)
    }

    @Test("a body coded in any pieces is that body", arguments: Bodies.all, [1, 100, 5000])
    func codesPieces(body: ByteBuffer, longest: Int) throws {
        let encoder = GzipEncoder()
        var coded = ByteBuffer()
        for piece in Bodies.pieces(of: body, longest: longest, seed: longest) {
            coded.writeImmutableBuffer(encoder.encode(piece))
        }
        coded.writeImmutableBuffer(encoder.finish())
        let decoded = try #require(Zlib.gunzip(coded, maximum: body.readableBytes))
        #expect(decoded.body == body)
        #expect(decoded.consumed == coded.readableBytes)
    }

    @Test("after a flush a reader has everything so far")
    func flushes() throws {
        let encoder = GzipEncoder()
        let decoder = GzipDecoder(maximumOutput: nil)
        var sent = ByteBuffer()
        var received = ByteBuffer()
        for piece in Bodies.pieces(of: Bodies.words(20_000), longest: 900, seed: 3) {
            sent.writeImmutableBuffer(piece)
            received.writeImmutableBuffer(try decoder.decode(encoder.encode(piece)))
            received.writeImmutableBuffer(try decoder.decode(encoder.flush()))
            #expect(received == sent)
        }
        #expect(encoder.flush().readableBytes == 0)
        received.writeImmutableBuffer(try decoder.decode(encoder.finish()))
        try decoder.finish()
        #expect(received == sent)
    }

    @Test("a flush of much at once is whole")
    func flushesIncompressible() throws {
        let encoder = GzipEncoder()
        let decoder = GzipDecoder(maximumOutput: nil)
        let body = Bodies.noise(70_000)
        var received = try decoder.decode(encoder.encode(body))
        received.writeImmutableBuffer(try decoder.decode(encoder.flush()))
        #expect(received == body)
    }

    @Test("RFC 1952 §2.3: no time and no name, so that the same body is the same bytes")
    func isDeterministic() {
        let body = Bodies.words(5000)
        let coded = GzipEncoder.compress(body)
        #expect(coded.getBytes(at: 0, length: 8) == [0x1F, 0x8B, 8, 0, 0, 0, 0, 0])
        #expect(GzipEncoder.compress(body) == coded)
    }

    @Test("what is shorter or longer than was expected is coded all the same", arguments: [0, 1, 1000, 1_000_000])
    func survivesWrongExpectations(expectedLength: Int) throws {
        let body = Bodies.words(70_000)
        let encoder = GzipEncoder(expectedLength: expectedLength)
        var coded = encoder.encode(body)
        coded.writeImmutableBuffer(encoder.finish())
        #expect(try #require(Zlib.gunzip(coded, maximum: body.readableBytes)).body == body)
    }

    @Test("a short body gets a small state and is coded no worse", arguments: [1024, 4096, 16_384, 32_768])
    func sizesState(length: Int) {
        let body = Bodies.words(length)
        let small = GzipEncoder.compress(body).readableBytes
        let full = Zlib.gzip(body).readableBytes
        #expect(small <= full + full / 100)
    }

    @Test(
        "the state grows with the body up to zlib's usual one",
        arguments: [
            (nil, 15, 8), (0, 10, 5), (500, 10, 5), (1024, 11, 5), (2048, 12, 5), (4096, 13, 6), (16_384, 15, 8),
            (32_768, 15, 8), (.max / 2, 15, 8),
        ] as [(Int?, Int32, Int32)]
    )
    func choosesSize(length: Int?, windowBits: Int32, memoryLevel: Int32) {
        let size = DeflateSize(expectedLength: length)
        #expect(size.windowBits == windowBits)
        #expect(size.memoryLevel == memoryLevel)
    }
}
