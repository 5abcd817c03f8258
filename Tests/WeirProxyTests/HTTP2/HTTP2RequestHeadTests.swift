import NIOCore
import NIOHPACK
import Testing
import WeirHTTP

@testable import WeirProxy

@Suite struct HTTP2RequestHeadTests {
    private static let limits = HeadLimits()

    private func read(_ fields: [(String, String)], hasBody: Bool = false) throws(MessageError) -> RequestHead {
        try HTTP2RequestHead.read(HPACKHeaders(fields), hasBody: hasBody, limits: Self.limits)
    }

    private func request(
        _ method: String = "GET",
        _ path: String = "/a?b",
        _ more: (String, String)...
    ) -> [(String, String)] {
        [(":method", method), (":scheme", "https"), (":authority", "weir.test"), (":path", path)] + more
    }

    @Test("pseudo-header fields become the request line and Host")
    func request() throws {
        let head = try read(request("GET", "/a?b", ("accept", "*/*"), ("te", "trailers")))
        #expect(head.method == .get && head.version == .http11 && head.framing == .none)
        #expect(String(decoding: head.pathAndQuery, as: UTF8.self) == "/a?b")
        #expect(head.fields.text == ["accept: */*", "te: trailers", "host: weir.test"])
    }

    @Test("a request without :authority has its Host, one with both has them once")
    func host() throws {
        let fields = [(":method", "GET"), (":scheme", "http"), (":path", "/"), ("host", "a.test")]
        #expect(try read(fields).fields.text == ["host: a.test"])
        #expect(try read(fields + [(":authority", "A.test")]).fields.text == ["host: A.test"])
    }

    @Test(
        "a body is framed by its length, or by the stream's end",
        arguments: [
            ([], false, BodyFraming.none), ([], true, .chunked), ([("content-length", "5")], true, .length(5)),
            ([("content-length", "0")], false, .length(0)),
        ] as [([(String, String)], Bool, BodyFraming)]
    )
    func framing(more: [(String, String)], hasBody: Bool, expected: BodyFraming) throws {
        #expect(try read(request("POST") + more, hasBody: hasBody).framing == expected)
    }

    @Test("cookies that were split are one field again")
    func cookies() throws {
        let head = try read(request("GET", "/", ("cookie", "a=1"), ("x", "y"), ("cookie", "b=2")))
        #expect(head.fields.text == ["x: y", "host: weir.test", "cookie: a=1; b=2"])
    }

    @Test("CONNECT has its authority as target, OPTIONS may have an asterisk")
    func targets() throws {
        let connect = try read([(":method", "CONNECT"), (":authority", "weir.test:443")], hasBody: true)
        #expect(connect.method == .connect && connect.framing == .none)
        #expect(try read(request("OPTIONS", "*")).target.form == .asterisk)
    }

    @Test(
        "what HTTP/1.1 refuses is refused",
        arguments: [
            [(":path", "a")], [(":path", "http://b/")], [(":path", "*")], [(":path", "/a b")], [(":path", "/a#b")],
            [(":path", "/%0")], [(":path", "/%00")], [(":method", "GE T")], [(":method", "")], [(":scheme", "ftp")],
            [(":scheme", "")], [(":authority", "a b")], [(":authority", "u@a")], [(":authority", "a:b")],
            [("host", "other")], [("host", "weir.test"), ("host", "weir.test")], [("a b", "c")], [("", "c")],
            [("a", "b\u{1}")], [("a", "b\r\nc: d")], [("a\r\nb", "c")], [(":path", "/ HTTP/1.1\r\nhost: b\r\n\r\n")],
            [("a", "b\r\n\r\nGET / HTTP/1.1")], [("content-length", "x")],
            [("content-length", "1"), ("content-length", "2")], [("transfer-encoding", "gzip")],
            [("expect", "something")], [("authorization", "Bearer k\u{FFFD}y")], [(":path", "/\u{FFFD}")],
        ] as [[(String, String)]]
    )
    func refused(changed: [(String, String)]) {
        var fields = request("POST", "/")
        for (name, value) in changed {
            if let index = fields.firstIndex(where: { $0.0 == name && name.hasPrefix(":") }) {
                fields[index].1 = value
            } else {
                fields.append((name, value))
            }
        }
        #expect(throws: MessageError.self) { try read(fields) }
    }

    @Test("the limits on heads are those of HTTP/1.1")
    func limits() {
        let many = (0..<300).map { ("x-\($0)", "y") }
        #expect(throws: MessageError.self) { try read(request() + many) }
        let large = [("x", String(repeating: "y", count: 40 << 10))]
        do throws(MessageError) {
            _ = try read(request() + large)
            Issue.record("read")
        } catch {
            #expect(error.status == 431)
        }
    }
}
