import NIOCore
import Testing
import WeirCorpus
import WeirHTTP

@Suite("Response decoder")
struct ResponseDecoderTests {
    @Test("A good response is understood", arguments: ResponseCorpus.accepted)
    func accepts(_ example: ResponseCorpus.Accepted) {
        let transcript = Transcript.responses(
            [bytes(example.input)[...]],
            to: example.methods,
            closed: example.closed
        )
        #expect(transcript.error == nil)
        #expect(transcript.heads == example.heads)
        #expect(transcript.bodies == example.bodies)
        #expect(transcript.ends == example.heads.count)
        #expect(transcript.left == example.left)
    }

    @Test("A bad response is refused with 502", arguments: ResponseCorpus.refused)
    func refuses(_ example: ResponseCorpus.Refused) {
        let transcript = Transcript.responses(
            [bytes(example.input)[...]],
            to: [example.method],
            closed: example.closed
        )
        #expect(transcript.error?.status == 502, "\(transcript)")
        #expect(transcript.error?.reason.description == example.reason)
        #expect(transcript.heads.count == (example.isUnderWay ? 1 : 0))
    }

    @Test("Any good input gives the same in any split", arguments: ResponseCorpus.accepted)
    func splittingGood(_ example: ResponseCorpus.Accepted) {
        let bytes = bytes(example.input)
        let whole = Transcript.responses([bytes[...]], to: example.methods, closed: example.closed)
        for split in splits(bytes) {
            #expect(Transcript.responses(split, to: example.methods, closed: example.closed) == whole)
        }
    }

    @Test("Any bad input gives the same in any split", arguments: ResponseCorpus.refused)
    func splittingBad(_ example: ResponseCorpus.Refused) {
        let bytes = bytes(example.input)
        let whole = Transcript.responses([bytes[...]], to: [example.method], closed: example.closed)
        let ways = bytes.count < 2_000 ? splits(bytes) : [bytes.indices.map { bytes[$0...$0] }]
        for split in ways {
            #expect(Transcript.responses(split, to: [example.method], closed: example.closed) == whole)
        }
    }

    @Test("A protocol switch that was asked for is a final response")
    func upgrade() {
        let input = ResponseCorpus.status(
            "101 Switching Protocols",
            "Upgrade: websocket\r\nConnection: Upgrade",
            "\u{81}"
        )
        let transcript = Transcript.responses([bytes(input)[...]], to: [.get], upgrading: true, closed: false)
        #expect(transcript.heads == ["101 http11 none persistent"])
        #expect(transcript.ends == 1)
        #expect(transcript.left == 1)
    }

    @Test("Interim responses are given as they come")
    func informational() {
        let input = ResponseCorpus.status("103 Early Hints") + ResponseCorpus.ok("Content-Length: 0")
        let transcript = Transcript.responses([bytes(input)[...]], to: [.get], closed: false)
        #expect(transcript.events.first == .informational(103))
    }

    @Test("Trailers that belong in the head are dropped, the others come with the end")
    func trailers() {
        let trailers =
            "Set-Cookie: a\r\nServer-Timing: b\r\nCache-Control: no-store\r\nContent-Length: 1\r\nETag: \"c\"\r\n"
        let input = ResponseCorpus.ok("Transfer-Encoding: chunked", "0\r\n\(trailers)\r\n")
        let transcript = Transcript.responses([bytes(input)[...]], to: [.get], closed: false)
        #expect(transcript.events.last == .end(["Server-Timing: b", "ETag: \"c\""]))
    }

    @Test("Nothing is consumed before a response is awaited")
    func idle() throws {
        var decoder = ResponseDecoder()
        var buffer = ByteBuffer(string: ResponseCorpus.ok("Content-Length: 0"))
        let readable = buffer.readableBytes
        #expect(try decoder.decode(&buffer) == nil)
        #expect(try decoder.finish() == nil)
        #expect(buffer.readableBytes == readable)
    }

    @Test("An error is thrown once")
    func errorOnce() throws {
        var decoder = ResponseDecoder()
        var buffer = ByteBuffer(string: "HTTP/1.1 2 OK\r\n\r\n")
        decoder.begin(answering: .get)
        #expect(throws: MessageError.self) { try decoder.decode(&buffer) }
        #expect(try decoder.decode(&buffer) == nil)
        #expect(try decoder.finish() == nil)
    }

    @Test("What is parsed, written and parsed again is the same", arguments: ResponseCorpus.accepted)
    func fixedPoint(_ example: ResponseCorpus.Accepted) throws {
        guard let method = example.methods.first, example.methods.count == 1 else { return }
        var decoder = ResponseDecoder()
        decoder.begin(answering: method)
        var buffer = ByteBuffer(bytes: bytes(example.input))
        var written = ByteBuffer()
        var isChunked = false
        while let part = try decoder.decode(&buffer) {
            switch part {
            case .informational(let head), .head(let head):
                guard head.version == .http11 else { return }
                isChunked = head.framing == .chunked
                StatusLine.write(head.status, into: &written)
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
        let first = Transcript.responses([bytes(example.input)[...]], to: [method], closed: example.closed)
        var second = Transcript.responses([Array(written.readableBytesView)[...]], to: [method], closed: example.closed)
        second.left = first.left
        #expect(second == first)
    }
}
