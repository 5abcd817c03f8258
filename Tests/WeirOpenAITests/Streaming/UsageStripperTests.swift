import NIOCore
import Testing

@testable import WeirOpenAI

@Suite("Taking usage out")
struct UsageStripperTests {
    private func strip(_ chunks: [ByteBuffer]) -> String {
        var stripper = UsageStripper()
        var output = ByteBuffer()
        for chunk in chunks { output.writeImmutableBuffer(stripper.filter(chunk)) }
        output.writeImmutableBuffer(stripper.finish())
        return String(buffer: output)
    }

    /// Streams as they come when Weir asked for usage, and as they would have come had it not.
    private static let streams: [(String, String)] = [
        (Fixtures.chatStream, plain),
        (Fixtures.chatStream.replacing("\n\n", with: "\r\n\r\n"), plain.replacing("\n\n", with: "\r\n\r\n")),
        (Fixtures.chatStream.replacing("\n\n", with: "\r\r"), plain.replacing("\n\n", with: "\r\r")),
        ("", ""), ("data: x", "data: x"), (": usage\n\n", ": usage\n\n"), ("\n\n\r\n\r\r\n", "\n\n\r\n\r\r\n"),
        ("data: {\"usage\":null", "data: {\"usage\":null"),
        ("data: {\"usage\":null}\n\n", "data: {}\n\n"),
        ("data: {\"usage\" : null , \"a\":1}\n\n", "data: {\"a\":1}\n\n"),
        ("data: {\"a\":1 , \"usage\" : null , \"b\":2}\n\n", "data: {\"a\":1 , \"b\":2}\n\n"),
        ("id: 1\ndata:{\"a\":1,\"usage\":null}\n: c\n\n", "id: 1\ndata:{\"a\":1}\n: c\n\n"),
        (
            "data: {\"choices\":[{}],\"usage\":{\"a\":1}}\n\n", "data: {\"choices\":[{}],\"usage\":{\"a\":1}}\n\n"
        ),
        ("data: {\"choices\":[],\"x\":\"usage\"}\n\n", "data: {\"choices\":[],\"x\":\"usage\"}\n\n"),
        ("data: {\"choices\":[{\"usage\":null}]}\n\n", "data: {\"choices\":[{\"usage\":null}]}\n\n"),
        ("data: {\"choices\":[],\n" + "data: \"usage\":{}}\n\ndata: x\n\n", "data: x\n\n"),
        ("data: [\"usage\"\n\n", "data: [\"usage\"\n\n"),
    ]

    private static let plain = Fixtures.chatFrames.enumerated().filter { $0.offset != 4 }
        .map { $0.element.replacing(",\"usage\":null", with: "") }.joined()

    @Test("A stream is as if Weir had not asked, in every split", arguments: streams)
    func stripped(stream: String, expected: String) {
        let bytes = Array(stream.utf8)
        #expect(strip([ByteBuffer(bytes: bytes)]) == expected)
        #expect(strip(bytes.map { ByteBuffer(bytes: [$0]) }) == expected)
        for cut in 0...bytes.count {
            let parts = [ByteBuffer(bytes: bytes[..<cut]), ByteBuffer(bytes: bytes[cut...])]
            #expect(strip(parts).utf8.elementsEqual(expected.utf8))
        }
    }

    @Test("A complete frame is not held back")
    func promptness() {
        var stripper = UsageStripper()
        for (index, frame) in Fixtures.chatFrames.enumerated() {
            let output = String(buffer: stripper.filter(buffer(frame)))
            #expect(output == (index == 4 ? "" : frame.replacing(",\"usage\":null", with: "")))
        }
        #expect(stripper.finish().readableBytes == 0)
    }

    @Test("From a frame over the limit on, everything passes as it is")
    func limit() {
        let stream =
            "data: {\"usage\":null}\n\ndata: 0123456789012345678901234567890123456789\n\n" + Fixtures.chatStream
        for size in [1, 7, 30, 1000] {
            var stripper = UsageStripper(maxFrameBytes: 32)
            var rest = buffer(stream)
            var output = ByteBuffer()
            while let chunk = rest.readSlice(length: min(size, rest.readableBytes)), chunk.readableBytes > 0 {
                output.writeImmutableBuffer(stripper.filter(chunk))
            }
            output.writeImmutableBuffer(stripper.finish())
            #expect(String(buffer: output) == "data: {}\n\n" + stream.dropFirst("data: {\"usage\":null}\n\n".count))
        }
    }
}
