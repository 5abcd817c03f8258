import NIOCore
import Testing
import WeirHTTP

@Suite("Encoders")
struct EncoderTests {
    private func written(_ write: (inout ByteBuffer) -> Void) -> String {
        var buffer = ByteBuffer()
        write(&buffer)
        return String(buffer: buffer)
    }

    @Test(
        "A status line has the registered reason",
        arguments: [
            (200, "HTTP/1.1 200 OK\r\n"), (304, "HTTP/1.1 304 Not Modified\r\n"),
            (413, "HTTP/1.1 413 Content Too Large\r\n"), (418, "HTTP/1.1 418 \r\n"), (299, "HTTP/1.1 299 \r\n"),
            (100, "HTTP/1.1 100 Continue\r\n"), (999, "HTTP/1.1 999 \r\n"),
            (507, "HTTP/1.1 507 Insufficient Storage\r\n"),
        ] as [(UInt16, String)]
    )
    func statusLine(status: UInt16, expected: String) {
        #expect(written { StatusLine.write(status, into: &$0) } == expected)
    }

    @Test("Every status from 100 to 999 is written so that it is read back")
    func everyStatus() throws {
        for status in 200...999 as ClosedRange<UInt16> {
            var buffer = ByteBuffer()
            StatusLine.write(status, into: &buffer)
            buffer.writeString("Content-Length: 0\r\n\r\n")
            var decoder = ResponseDecoder()
            decoder.begin(answering: .get)
            guard case .head(let head) = try decoder.decode(&buffer) else {
                Issue.record("\(status) is not read back")
                return
            }
            #expect(head.status == status)
        }
    }

    @Test("A request line is method, target and version")
    func requestLine() {
        let target = ByteBuffer(string: "/a?b")
        #expect(
            written { RequestLine.write(methodName: "PATCH", target: target, into: &$0) } == "PATCH /a?b HTTP/1.1\r\n"
        )
    }

    @Test(
        "A chunk size is hexadecimal without leading zeros",
        arguments: [
            (1, "1"), (9, "9"), (10, "a"), (15, "f"), (16, "10"), (255, "ff"), (65_536, "10000"),
            (Int.max, "7fffffffffffffff"),
        ]
    )
    func chunkSize(count: Int, expected: String) {
        #expect(written { ChunkedCoding.writeSize(count, into: &$0) } == expected + "\r\n")
    }

    @Test("The end of a chunked body carries its trailers")
    func chunkedEnd() {
        #expect(written { ChunkedCoding.writeEnd(into: &$0) } == "0\r\n\r\n")
        #expect(written { ChunkedCoding.writeEnd(trailers: ["A": "b"], into: &$0) } == "0\r\nA: b\r\n\r\n")
        #expect(String(buffer: ChunkedCoding.end) == "0\r\n\r\n")
        #expect(String(buffer: ChunkedCoding.terminator) == "\r\n")
    }
}
