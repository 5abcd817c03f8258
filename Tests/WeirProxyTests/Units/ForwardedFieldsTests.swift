import NIOCore
import NIOPosix
import Testing
import WeirHTTP
import WeirOpenAI
import WeirUpstream

@testable import WeirProxy

@Suite struct ForwardedFieldsTests {
    private func make(
        _ head: RequestHead,
        for purpose: ForwardedFields.Purpose = .passing,
        host: HostPolicy = .upstream,
        headers: [(name: String, value: String)] = [],
        change: (inout RouteSettings) -> Void = { _ in },
        isSecure: Bool = false
    ) -> [String] {
        let settings = UpstreamSettings(
            name: "app",
            url: UpstreamURL(scheme: .http, host: "::1", port: 81),
            host: host,
            headers: headers
        )
        var routeSettings = RouteSettings(path: "/", upstream: "app")
        change(&routeSettings)
        let transport = DirectTransport(settings: settings, group: MultiThreadedEventLoopGroup.singleton)
        let route = Route(
            index: 0,
            settings: routeSettings,
            upstream: Upstream(settings: settings, transport: transport)
        )
        return ForwardedFields(
            head: head,
            route: route,
            requestID: ByteBuffer(string: "id").readableBytesView,
            peerAddress: "10.0.0.1",
            via: head.version == .http11 ? "1.1 weir" : "1.0 weir",
            isSecure: isSecure
        ).make(for: purpose).text
    }

    private let own = [
        "X-Forwarded-For: 10.0.0.1", "X-Forwarded-Proto: http", "X-Forwarded-Host: weir.test", "X-Request-Id: id",
    ]

    @Test("the client's fields go on in their order, Weir's own behind them")
    func plain() throws {
        let head = try requestHead(
            "GET",
            "/",
            ("b", "2"),
            ("A", " 1 "),
            ("b", "3"),
            ("Cookie", "c"),
            ("Authorization", "x")
        )
        #expect(
            make(head)
                == ["Host: [::1]:81", "b: 2", "A: 1", "b: 3", "Cookie: c", "Authorization: x", "Via: 1.1 weir"] + own
        )
        #expect(make(head, host: .preserve).first == "Host: weir.test")
    }

    @Test("what belongs to the connection ends here, and what Connection names; what matters end to end does not")
    func hopByHop() throws {
        let head = try requestHead(
            "POST",
            "/",
            ("Connection", "keep-alive, X-Hop, Authorization, X-Forwarded-For, Content-Type, Cache-Control"),
            ("Keep-Alive", "timeout=5"),
            ("Proxy-Connection", "x"),
            ("TE", "trailers"),
            ("Trailer", "x"),
            ("Upgrade", "h2c"),
            ("HTTP2-Settings", "x"),
            ("Transfer-Encoding", "chunked"),
            ("Expect", "100-continue"),
            ("Proxy-Authorization", "x"),
            ("X-Hop", "1"),
            ("x-hop", "2"),
            ("Authorization", "kept"),
            ("Content-Type", "a/b"),
            ("Cache-Control", "no-cache")
        )
        #expect(
            make(head)
                == [
                    "Host: [::1]:81", "Authorization: kept", "Content-Type: a/b", "Cache-Control: no-cache",
                    "Via: 1.1 weir",
                ] + own
        )
    }

    @Test("what tells where a request comes from is Weir's to say; Via grows")
    func forwarded() throws {
        let head = try requestHead(
            "GET",
            "/",
            version: "1.0",
            [
                ("X-Forwarded-For", "6.6.6.6"), ("X-Forwarded-Proto", "https"), ("X-Forwarded-Host", "evil"),
                ("Forwarded", "for=6.6.6.6"), ("X-Request-Id", "theirs"), ("Via", "1.1 a, 1.1 b"), ("Via", "1.0 c"),
                ("X-Weir-TTL", "1"), ("X-Weir-Tags", "t"), ("X-Weir-Namespace", "n"), ("X-Weir-Priority", "bulk"),
            ]
        )
        #expect(make(head) == ["Host: [::1]:81", "Via: 1.1 a, 1.1 b", "Via: 1.0 c", "Via: 1.0 weir"] + own)
    }

    @Test("an answer that many share is asked for whole, unconditionally, in a coding that Weir can undo")
    func sharing() throws {
        let shaping = [
            ("If-None-Match", "\"a-gzip\""), ("If-Modified-Since", "x"), ("If-Match", "\"b\""),
            ("If-Unmodified-Since", "x"), ("Range", "bytes=0-1"), ("If-Range", "\"a-gzip\""), ("Accept-Encoding", "br"),
        ]
        let head = try requestHead("GET", "/", version: "1.1", shaping + [("Accept", "x")])
        let start = ["Host: [::1]:81", "Accept: x", "Via: 1.1 weir"] + own
        #expect(make(head, for: .sharing(validating: [], coding: .identity)) == start)
        let stored = fieldSection(("ETag", "\"v\""), ("Last-Modified", "Mon, 01 Jan 2024 00:00:00 GMT"))
        #expect(
            make(head, for: .sharing(validating: [stored], coding: .gzip))
                == start + [
                    "Accept-Encoding: gzip", "If-None-Match: \"v\"", "If-Modified-Since: Mon, 01 Jan 2024 00:00:00 GMT",
                ]
        )
        #expect(
            make(head, for: .sharing(validating: [], coding: .clients))
                == ["Host: [::1]:81", "Accept-Encoding: br", "Accept: x", "Via: 1.1 weir"] + own
        )
        // One client's own request keeps them, without the suffix that Weir gives to tags.
        #expect(
            make(head)
                == [
                    "Host: [::1]:81", "If-None-Match: \"a\"", "If-Modified-Since: x", "If-Match: \"b\"",
                    "If-Unmodified-Since: x", "Range: bytes=0-1", "If-Range: \"a-gzip\"", "Accept-Encoding: br",
                    "Accept: x", "Via: 1.1 weir",
                ] + own
        )
    }

    @Test("persona and user are hidden in any case of their names")
    func persona() throws {
        let head = try requestHead(
            "POST",
            "/",
            ("x-persona-interests", "a"),
            ("X-PERSONA-LEARNING-STYLE", "b"),
            ("X-User-Id", "u"),
            ("X-Persona", "c")
        )
        let hidden = make(head) { $0.cache = RouteCacheSettings(mode: .persona) }
        #expect(hidden == ["Host: [::1]:81", "X-Persona: c", "Via: 1.1 weir"] + own)
        #expect(make(head).contains("X-User-Id: u"))
        let asked = make(head) { route in
            route.cache = RouteCacheSettings(mode: .persona)
            route.forwardPersona = true
        }
        #expect(asked.contains("X-User-Id: u"))
    }

    @Test("the context goes where the persona goes, and a token that Weir reads nowhere, unless the route says so")
    func contextAndToken() throws {
        let head = try requestHead("POST", "/", ("x-course", "42"), ("authorization", "Bearer t"), ("X-Other", "o"))
        func make(_ mode: RouteCacheSettings.Mode, forwards: Bool) -> [String] {
            self.make(head) { route in
                let course = ContextSource(name: "course", source: ValueSource(header: "X-Course"))
                route.cache = RouteCacheSettings(mode: mode, context: [course])
                route.token = TokenSettings(isForwarded: forwards)
                route.forwardPersona = forwards
            }
        }
        let start = ["Host: [::1]:81"]
        let end = ["X-Other: o", "Via: 1.1 weir"] + own
        #expect(make(.persona, forwards: false) == start + end)
        #expect(make(.persona, forwards: true) == start + ["x-course: 42", "authorization: Bearer t"] + end)
        #expect(make(.none, forwards: false) == start + ["x-course: 42"] + end)
    }

    @Test("configured headers replace what the client or Weir says")
    func configured() throws {
        let head = try requestHead("GET", "/", ("authorization", "Bearer mine"), ("X-A", "1"), ("x-a", "2"))
        let fields = make(
            head,
            headers: [("Authorization", "Bearer theirs"), ("X-A", "3"), ("Host", "other"), ("Via", "none")]
        )
        #expect(Array(fields.suffix(4)) == ["Authorization: Bearer theirs", "X-A: 3", "Host: other", "Via: none"])
        #expect(fields.count == 8)
    }

    @Test(
        "the target goes on byte for byte behind the base path",
        arguments: [
            ("/a/.../b%2F?x=%20&&", "", "/a/.../b%2F?x=%20&&"), ("/", "/base", "/base/"),
            ("http://weir.test/a?b", "/base", "/base/a?b"), ("http://weir.test", "", "/"), ("/?", "", "/?"),
        ]
    )
    func target(sent: String, base: String, expected: String) throws {
        let url = UpstreamURL(scheme: .http, host: "a", basePath: base)
        #expect(String(buffer: UpstreamTarget.make(try requestHead("GET", sent), upstream: url)) == expected)
    }
}
