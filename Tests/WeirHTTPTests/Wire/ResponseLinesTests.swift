import NIOCore
import Testing
import WeirHTTP

@Suite("ResponseLines")
struct ResponseLinesTests {
    private func feed(_ head: inout ResponseLines, _ lines: String...) throws -> [ResponseHead] {
        var heads: [ResponseHead] = []
        for line in lines {
            let bytes = Array("\(line)\r\n".utf8)
            if let made = try head.receive(line: bytes.span) { heads.append(made) }
        }
        return heads
    }

    @Test("A head comes with its empty line, and not before")
    func whole() throws {
        var head = ResponseLines(answering: .get)
        #expect(try feed(&head, "HTTP/1.1 404 Not Found", "Content-Length: 3", "X-A:  b ").isEmpty)
        #expect(!head.isFinal)
        let made = try #require(try feed(&head, "").first)
        #expect(made.status == 404)
        #expect(made.framing == .length(3))
        #expect(made.fields == ["Content-Length": "3", "X-A": "b"])
        #expect(head.isFinal)
    }

    @Test("A response over HTTP/2 without a length ends for certain")
    func http2() throws {
        var head = ResponseLines(answering: .get)
        let made = try #require(try feed(&head, "HTTP/2 200 ", "etag: \"a\"", "").first)
        #expect(made.version == .http11)
        #expect(made.framing == .chunked)
        #expect(made.fields == ["etag": "\"a\""])
    }

    @Test(
        "Framing follows the method and the status",
        arguments: [
            (.head, "200", ["Content-Length: 5"], .length(5)), (.head, "200", [], .none),
            (.get, "204", [], .none), (.get, "304", ["Content-Length: 5"], .none),
            (.get, "200", [], .untilClose), (.get, "200", ["Transfer-Encoding: chunked"], .chunked),
        ] as [(RequestMethod, String, [String], BodyFraming)]
    )
    func framing(method: RequestMethod, status: String, fields: [String], framing: BodyFraming) throws {
        var head = ResponseLines(answering: method)
        _ = try feed(&head, "HTTP/1.1 \(status) X")
        for field in fields { _ = try feed(&head, field) }
        let made = try #require(try feed(&head, "").first)
        #expect(made.framing == framing)
    }

    @Test("Several informational heads may come before the final one")
    func informational() throws {
        var head = ResponseLines(answering: .get)
        let made = try feed(
            &head,
            "HTTP/2 103 ",
            "link: <a>",
            "",
            "HTTP/2 103 ",
            "link: <b>",
            "",
            "HTTP/2 200 ",
            "content-length: 0",
            ""
        )
        #expect(made.map(\.status) == [103, 103, 200])
        #expect(made.map { $0.fields.string(.link) } == ["<a>", "<b>", nil])
        #expect(made.last?.framing == .length(0))
    }

    @Test("Trailers are kept apart, without what belongs in a head")
    func trailers() throws {
        var head = ResponseLines(answering: .get)
        _ = try feed(&head, "HTTP/1.1 200 OK", "Transfer-Encoding: chunked", "")
        #expect(try head.trailers() == [:])
        _ = try feed(&head, "X-Sum: 1", "Set-Cookie: a=b", "Content-Length: 9")
        #expect(try head.trailers() == ["X-Sum": "1"])
    }

    @Test("Trailers that are no fields are malformed")
    func badTrailers() throws {
        var head = ResponseLines(answering: .get)
        _ = try feed(&head, "HTTP/1.1 200 OK", "Transfer-Encoding: chunked", "", "no-field")
        #expect(throws: MessageError(502, "a field line has no colon")) { try head.trailers() }
        var long = ResponseLines(answering: .get)
        _ = try feed(&long, "HTTP/1.1 200 OK", "Transfer-Encoding: chunked", "", "X-Sum: 1", "", "X-Sum: 2")
        #expect(throws: MessageError(502, "the trailer section does not end where the message does")) {
            try long.trailers()
        }
    }

    @Test(
        "Lines that no head has are refused",
        arguments: [
            ["HTTP/3 200 ", ""], ["HTTP/1.1 99 X", ""], ["HTTP/1.1 101 X", ""], ["", ""],
            ["HTTP/1.1 200 OK", " a: b", ""],
            ["HTTP/1.1 200 OK", "a", ""], ["HTTP/2 200 ", "content-length: -1", ""], ["HTTP/2", ""],
            ["HTTP/1.1 200 OK\r\nX: \r\n\r\nHTTP/1.1 200 OK", ""],
        ]
    )
    func refused(lines: [String]) {
        var head = ResponseLines(answering: .get)
        #expect(throws: MessageError.self) { for line in lines { _ = try feed(&head, line) } }
        #expect(!head.isFinal || lines.count > 2)
    }

    @Test("A head has a bound on its bytes and on its fields")
    func bounds() throws {
        let limits = HeadLimits(head: 64, fields: 2)
        var large = ResponseLines(answering: .get, limits: limits)
        _ = try feed(&large, "HTTP/1.1 200 OK")
        #expect(throws: MessageError(502, "the head is too large")) {
            try feed(&large, "X: \(String(repeating: "a", count: 64))")
        }
        var many = ResponseLines(answering: .get, limits: limits)
        #expect(throws: MessageError(502, "there are too many fields")) {
            try feed(&many, "HTTP/1.1 200 OK", "a: 1", "b: 2", "c: 3", "")
        }
    }

    @Test("A line that ends in LF alone is refused at once")
    func bareLineFeed() {
        var head = ResponseLines(answering: .get)
        let line = Array("HTTP/1.1 200 OK\n".utf8)
        #expect(throws: MessageError(502, "a line does not end in CR LF")) { try head.receive(line: line.span) }
    }
}
