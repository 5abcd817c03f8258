import NIOCore
import Testing
import WeirCorpus
import WeirHTTP

@Suite("Request decoder")
struct RequestDecoderTests {
    @Test("A good request is understood", arguments: RequestCorpus.accepted)
    func accepts(_ example: RequestCorpus.Accepted) {
        let transcript = Transcript.requests(example.input)
        #expect(transcript.error == nil)
        #expect(transcript.heads == example.heads)
        #expect(transcript.bodies == example.bodies)
        #expect(transcript.ends == example.heads.count)
        #expect(transcript.left == 0)
    }

    @Test("A bad request is refused with its status", arguments: RequestCorpus.refused)
    func refuses(_ example: RequestCorpus.Refused) {
        let transcript = Transcript.requests(example.input)
        #expect(transcript.error?.status == example.status, "\(transcript)")
        #expect(transcript.error?.reason.description == example.reason)
        #expect(transcript.heads.count == example.answered + (example.isUnderWay ? 1 : 0))
    }

    @Test("The corpus has the size it should")
    func corpusSize() {
        #expect(RequestCorpus.accepted.count >= 50)
        #expect(RequestCorpus.refused.count >= 600)
        #expect(Set(RequestCorpus.refused.map(\.input)).count == RequestCorpus.refused.count)
    }

    @Test(
        "Any input gives the same in any split",
        arguments: (RequestCorpus.accepted.map(\.input) + RequestCorpus.refused.map(\.input)).filter {
            $0.count < 2_000
        }
    )
    func splitting(_ input: String) {
        let bytes = bytes(input)
        let whole = Transcript.requests([bytes[...]])
        for split in splits(bytes) {
            let cut = Transcript.requests(split)
            if cut != whole {
                Issue.record("cut at \(split.first?.count ?? 0):\n\(cut)\nwhole:\n\(whole)")
                return
            }
        }
    }

    @Test(
        "A long input gives the same byte by byte",
        arguments: (RequestCorpus.accepted.map(\.input) + RequestCorpus.refused.map(\.input)).filter {
            $0.count >= 2_000
        }
    )
    func longSplitting(_ input: String) {
        let bytes = bytes(input)
        let whole = Transcript.requests([bytes[...]])
        #expect(Transcript.requests(bytes.indices.map { bytes[$0...$0] }) == whole)
        for place in stride(from: 1, to: bytes.count, by: max(997, bytes.count / 16)) {
            #expect(Transcript.requests([bytes[..<place], bytes[place...]]) == whole)
        }
    }

    @Test("Every truncation of a good request waits for more", arguments: RequestCorpus.accepted)
    func truncation(_ example: RequestCorpus.Accepted) {
        let bytes = bytes(example.input)
        for length in 0..<bytes.count { #expect(Transcript.requests([bytes[..<length]]).error == nil) }
    }

    @Test("Nothing behind an error is interpreted")
    func silentAfterError() throws {
        var decoder = RequestDecoder()
        var buffer = ByteBuffer(string: "GET / HTTP/1.1\r\n\r\n")
        #expect(throws: MessageError.self) { try decoder.decode(&buffer) }
        buffer.writeString(RequestCorpus.get("/"))
        #expect(try decoder.decode(&buffer) == nil)
        #expect(try decoder.decode(&buffer) == nil)
    }

    @Test("A head and its fields are slices of what was read")
    func slices() throws {
        var decoder = RequestDecoder()
        let text = "GET /a?b HTTP/1.1\r\nHost: a\r\nX-Thing:  one \r\n\r\n"
        var buffer = ByteBuffer(string: "consumed" + text)
        buffer.moveReaderIndex(forwardBy: 8)
        guard case .head(let head) = try decoder.decode(&buffer) else {
            Issue.record("there is no head")
            return
        }
        #expect(Transcript.text(head.fields.storage.readableBytesView) == text)
        #expect(head.fields.string(.host) == "a")
        #expect(head.fields.string(named: "x-thing") == "one")
        #expect(Transcript.text(head.pathAndQuery) == "/a?b")
        #expect(Transcript.text(head.methodName) == "GET")
        #expect(buffer.readableBytes == 0)
    }

    @Test(
        "An absolute target without a path has one",
        arguments: [("http://a", "/"), ("http://a?b=c", "/?b=c"), ("http://a/b?c", "/b?c")]
    )
    func absoluteWithoutPath(target: String, expected: String) throws {
        var decoder = RequestDecoder()
        var buffer = ByteBuffer(string: RequestCorpus.get(target))
        guard case .head(let head) = try decoder.decode(&buffer) else {
            Issue.record("there is no head")
            return
        }
        #expect(Transcript.text(head.pathAndQuery) == expected)
        let sent = head.fields.storage.viewBytes(at: head.targetRange.lowerBound, length: head.targetRange.count)
        #expect(sent.map { Transcript.text($0) } == target)
        #expect(head.fields.string(.host) == "a")
    }

    @Test("Trailers come with the end")
    func trailers() throws {
        let transcript = Transcript.requests(RequestCorpus.chunked("0\r\nX-Sum: 1 \r\nServer-Timing: a\r\n\r\n"))
        #expect(transcript.events.last == .end(["X-Sum: 1", "Server-Timing: a"]))
    }

    @Test("Limits hold to the byte")
    func limits() {
        let limits = HeadLimits(target: 8, head: 60, fields: 2, chunkExtension: 4)
        func status(_ input: String) -> UInt16? { Transcript.requests(input, limits: limits).error?.status }
        #expect(status(RequestCorpus.get("/1234567")) == nil)
        #expect(status(RequestCorpus.get("/12345678")) == 414)
        #expect(status(RequestCorpus.with("A: b")) == nil)
        #expect(status(RequestCorpus.with("A: b\r\nC: d")) == 431)
        // 25 bytes of request line and Host, 8 around the value.
        let room = 60 - RequestCorpus.with("A: ").utf8.count
        #expect(status(RequestCorpus.with("A: " + String(repeating: "b", count: room))) == nil)
        #expect(status(RequestCorpus.with("A: " + String(repeating: "b", count: room + 1))) == 431)
    }

    @Test("Chunk extensions are bounded, one by one and all together")
    func extensionLimits() {
        let limits = HeadLimits(head: 64, chunkExtension: 4)
        func status(_ body: String) -> UInt16? {
            let head = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
            return Transcript.requests(head + body, limits: limits).error?.status
        }
        #expect(status("1;abc\r\nx\r\n0\r\n\r\n") == nil)
        #expect(status("1;abcd\r\nx\r\n0\r\n\r\n") == 400)
        #expect(status(String(repeating: "1;abc\r\nx\r\n", count: 16) + "0\r\n\r\n") == nil)
        #expect(status(String(repeating: "1;abc\r\nx\r\n", count: 17) + "0\r\n\r\n") == 400)
    }

    @Test("A large body streams through in pieces and nothing is kept")
    func largeBody() throws {
        var decoder = RequestDecoder()
        var buffer = ByteBuffer(string: RequestCorpus.post("Content-Length: 1000000"))
        _ = try decoder.decode(&buffer)
        var left = 1_000_000
        while left > 0 {
            buffer.writeRepeatingByte(0x0D, count: min(1_000, left))
            while case .body(let piece)? = try decoder.decode(&buffer) { left -= piece.readableBytes }
            #expect(buffer.readableBytes == 0)
        }
        #expect(left == 0)
    }

    @Test("What is parsed, written and parsed again is the same", arguments: RequestCorpus.accepted)
    func fixedPoint(_ example: RequestCorpus.Accepted) throws {
        var decoder = RequestDecoder()
        var buffer = ByteBuffer(bytes: bytes(example.input))
        var written = ByteBuffer()
        var isChunked = false
        while let part = try decoder.decode(&buffer) {
            switch part {
            case .head(let head):
                guard head.version == .http11 else { return }
                isChunked = head.framing == .chunked
                let target = head.fields.storage.getSlice(
                    at: head.targetRange.lowerBound,
                    length: head.targetRange.count
                )
                RequestLine.write(
                    methodName: Transcript.text(head.methodName),
                    target: try #require(target),
                    into: &written
                )
                head.fields.write(into: &written)
                written.writeStaticString("\r\n")
            case .body(let piece):
                if isChunked { ChunkedCoding.writeSize(piece.readableBytes, into: &written) }
                written.writeImmutableBuffer(piece)
                if isChunked { written.writeImmutableBuffer(ChunkedCoding.terminator) }
            case .end(let trailers):
                if isChunked { ChunkedCoding.writeEnd(trailers: trailers, into: &written) }
            }
        }
        let first = Transcript.requests(example.input)
        #expect(Transcript.requests([Array(written.readableBytesView)[...]]) == first)
    }
}
