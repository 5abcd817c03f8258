import NIOCore
import Testing
import WeirHTTP

@testable import WeirProxy

@Suite struct BodyTransformTests {
    private func run(_ transform: BodyTransform, _ pieces: [ByteBuffer], flushes: Bool = false) throws -> ByteBuffer {
        var transform = transform
        var output = ByteBuffer()
        for piece in pieces {
            output.writeImmutableBuffer(try transform.transform(piece))
            if flushes, let held = transform.flush() { output.writeImmutableBuffer(held) }
        }
        if let held = try transform.finish() { output.writeImmutableBuffer(held) }
        return output
    }

    @Test("gzip and back, flushed in between or not, in any pieces", arguments: [1, 7, 1000], [true, false])
    func gzip(size: Int, flushes: Bool) throws {
        let text = String(repeating: "some text ", count: 200)
        let bytes = Array(text.utf8)
        let pieces = stride(from: 0, to: bytes.count, by: size).map {
            ByteBuffer(bytes: bytes[$0..<min($0 + size, bytes.count)])
        }
        let gzip = try run(.encode(GzipEncoder()), pieces, flushes: flushes)
        let coded = Array(gzip.readableBytesView)
        let codedPieces = stride(from: 0, to: coded.count, by: size).map {
            ByteBuffer(bytes: coded[$0..<min($0 + size, coded.count)])
        }
        #expect(
            String(buffer: try run(.gunzip(GzipDecoder(maximumOutput: nil)), codedPieces, flushes: flushes)) == text
        )
        #expect(String(buffer: try run(.none, pieces, flushes: flushes)) == text)
        #expect(throws: GzipError.truncated) {
            try run(.gunzip(GzipDecoder(maximumOutput: nil)), [ByteBuffer(bytes: coded.dropLast())])
        }
    }
}
