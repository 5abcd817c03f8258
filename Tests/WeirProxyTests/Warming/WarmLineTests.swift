import NIOCore
import Testing
import WeirHTTP

@testable import WeirProxy

@Suite("Lines of a warming list")
struct WarmLineTests {
    private static let terms = WarmTerms(
        fields: [("Authorization", "Bearer usual"), ("X-User-Id", "ada")].compactMap { WarmTerms.Field($0, $1) }
    )

    private func read(_ line: String, terms: WarmTerms = WarmTerms()) throws(WarmLineError) -> WarmRequest {
        try WarmLine(terms: terms, limits: HeadLimits(), host: "weir.test", scheme: "http").read(
            ByteBuffer(string: line)
        )
    }

    private func text(_ head: RequestHead) -> [String] {
        ["\(String(decoding: head.methodName, as: UTF8.self)) \(String(decoding: head.pathAndQuery, as: UTF8.self))"]
            + head.fields.text
    }

    struct Row: Sendable, CustomTestStringConvertible {
        var line: String
        var head: [String]
        var body: String?
        var isSecure = false
        var testDescription: String { line }
    }

    @Test(
        "a line is the request that a client would have sent",
        arguments: [
            Row(
                line: #"{"path": "/courses/1?a=b"}"#,
                head: ["GET /courses/1?a=b", "Host: weir.test", "X-Weir-Priority: bulk"]
            ),
            Row(
                line:
                    #"{"headers": {"host": "app.test", "X-WEIR-priority": "default"}, "path": "/", "scheme": "https"}"#,
                head: ["GET /", "host: app.test", "X-WEIR-priority: default"],
                isSecure: true
            ),
            Row(
                line: #"{"path": "/v1/x", "body": {"a": 1.0,  "b":"é"}}"#,
                head: [
                    "POST /v1/x", "Host: weir.test", "X-Weir-Priority: bulk", "Content-Type: application/json",
                    "Content-Length: 21",
                ],
                body: #"{"a": 1.0,  "b":"é"}"#
            ),
            Row(
                line:
                    #"{"method": "POST", "path": "/p", "headers": {"Content-Type": "text/plain"}, "body": "a\n\"b\""}"#,
                head: [
                    "POST /p", "Content-Type: text/plain", "Host: weir.test", "X-Weir-Priority: bulk",
                    "Content-Length: 5",
                ],
                body: "a\n\"b\""
            ),
            Row(line: #"{"path": "/", "body": null}"#, head: ["GET /", "Host: weir.test", "X-Weir-Priority: bulk"]),
        ]
    )
    func good(row: Row) throws {
        let request = try read(row.line)
        #expect(text(request.head) == row.head)
        #expect(request.body.map { String(buffer: $0) } == row.body)
        #expect(request.isSecure == row.isSecure)
    }

    @Test("a line has the fields that all have, unless it has its own")
    func terms() throws {
        let usual = try read(#"{"method": "POST", "path": "/"}"#, terms: Self.terms)
        #expect(text(usual.head).contains("Authorization: Bearer usual") && text(usual.head).contains("X-User-Id: ada"))
        let own = try read(#"{"path": "/", "headers": {"authorization": "Bearer own"}}"#, terms: Self.terms)
        #expect(text(own.head).filter { $0.lowercased().hasPrefix("authorization") } == ["authorization: Bearer own"])
        // A GET gets no credential but its own: what it brings would be for its sender alone.
        let anonymous = try read(#"{"path": "/"}"#, terms: Self.terms)
        #expect(text(anonymous.head) == ["GET /", "X-User-Id: ada", "Host: weir.test", "X-Weir-Priority: bulk"])
    }

    @Test(
        "what is no request says what was expected",
        arguments: [
            ("courses/1", "a JSON object"), ("[]", "a JSON object"), (#"{"path": "/""#, "a JSON object"),
            ("{}", "'path'"), (#"{"path": "courses"}"#, "'path'"), (#"{"path": "http://other.test/"}"#, "'path'"),
            (#"{"path": "/a b"}"#, "'path'"), (#"{"path": "/a\r\nX: y"}"#, "'path'"), (#"{"path": 1}"#, "'path'"),
            (#"{"path": "*"}"#, "'path'"), (#"{"path": "/", "path": "/b"}"#, "once"),
            (#"{"path": "/", "url": "/b"}"#, "no members but"), (#"{"path": "/", "method": "DELETE"}"#, "GET or POST"),
            (#"{"path": "/", "method": "get"}"#, "GET or POST"),
            (#"{"path": "/", "method": "GET", "body": {}}"#, "POST where there is a 'body'"),
            (#"{"path": "/", "body": 1}"#, "'body'"), (#"{"path": "/", "body": true}"#, "'body'"),
            (#"{"path": "/", "scheme": "ftp"}"#, "'scheme'"), (#"{"path": "/", "headers": []}"#, "'headers'"),
            (#"{"path": "/", "headers": {"X": 1}}"#, "'headers'"),
            (#"{"path": "/", "headers": {"X Y": "1"}}"#, "'headers'"),
            (#"{"path": "/", "headers": {"X": "1\r\nY: 2"}}"#, "'headers'"),
            (#"{"path": "/", "headers": {"Connection": "close"}}"#, "none of a connection"),
            (#"{"path": "/", "headers": {"content-length": "0"}}"#, "none of a connection"),
            (#"{"path": "/", "headers": {"Transfer-Encoding": "chunked"}}"#, "none of a connection"),
            (#"{"path": "/", "headers": {"Expect": "100-continue"}}"#, "none of a connection"),
            (#"{"path": "/", "headers": {"Upgrade": "h2c"}}"#, "none of a connection"),
            (#"{"path": "/", "headers": {"Host": "a", "host": "b"}}"#, "Host"),
            (#"{"path": "/", "headers": {"Host": "a/b"}}"#, "Host"), (#"{"path": "/a/../b"}"#, "path"),
        ]
    )
    func wrong(line: String, expected: String) throws {
        let error = #expect(throws: WarmLineError.self) { try read(line) }
        #expect(try #require(error).message.contains(expected))
    }
}
