/// Requests that are odd and accepted, with the one form in which each goes upstream.
struct NormalisedRequest: Sendable, CustomStringConvertible {
    var name: String
    /// One character a byte.
    var input: String
    /// The request line.
    var line = "GET / HTTP/1.1"
    /// The client's fields as they arrive, between `Host` and what Weir says itself.
    var fields: [String] = []
    var via = ["Via: 1.1 weir"]
    /// What `X-Forwarded-Host` says; nil where the client named no host.
    var host: String? = "a"
    /// The line that frames the body.
    var framing: String?
    /// The body, its chunks undone.
    var body = ""

    var description: String { name }

    static let all = targets + fields + connections + claims + framings

    // MARK: Families

    private static func get(_ target: String, _ lines: String = "") -> String {
        "GET \(target) HTTP/1.1\r\nHost: a\r\n\(lines)\r\n"
    }

    private static func post(_ lines: String, _ body: String) -> String {
        "POST / HTTP/1.1\r\nHost: a\r\n\(lines)\r\n\(body)"
    }

    private static let targets = [
        NormalisedRequest(name: "blank lines first", input: "\r\n\r\n" + get("/")),
        NormalisedRequest(
            name: "absolute form chooses no upstream",
            input: get("http://A/x?y"),
            line: "GET /x?y HTTP/1.1",
            host: "a"
        ),
        NormalisedRequest(name: "absolute form without a path", input: get("https://a?q"), line: "GET /?q HTTP/1.1"),
        NormalisedRequest(
            name: "a path is not normalised",
            input: get("//a/.../b/..c//;d=e/%2e%2e%2e/%2F"),
            line: "GET //a/.../b/..c//;d=e/%2e%2e%2e/%2F HTTP/1.1"
        ),
        NormalisedRequest(
            name: "escapes stay as they are",
            input: get("/%41%7e%c0%80%0a%0d?%26=%3d"),
            line: "GET /%41%7e%c0%80%0a%0d?%26=%3d HTTP/1.1"
        ),
        NormalisedRequest(
            name: "odd characters stay",
            input: get("/a\"<>\\^`{|}?b=[1]"),
            line: "GET /a\"<>\\^`{|}?b=[1] HTTP/1.1"
        ),
        NormalisedRequest(name: "an empty query stays", input: get("/?"), line: "GET /? HTTP/1.1"),
        NormalisedRequest(name: "question marks in a query", input: get("/a??b?"), line: "GET /a??b? HTTP/1.1"),
        NormalisedRequest(
            name: "a method in lower case is another method",
            input: "get / HTTP/1.1\r\nHost: a\r\n\r\n",
            line: "get / HTTP/1.1"
        ),
        NormalisedRequest(
            name: "an unknown method",
            input: "PURGE /x HTTP/1.1\r\nHost: a\r\n\r\n",
            line: "PURGE /x HTTP/1.1"
        ),
        NormalisedRequest(
            name: "HTTP/1.0",
            input: "GET / HTTP/1.0\r\n\r\n",
            via: ["Via: 1.0 weir"],
            host: nil
        ),
        NormalisedRequest(
            name: "OPTIONS of a resource",
            input: "OPTIONS /x HTTP/1.1\r\nHost: a\r\n\r\n",
            line: "OPTIONS /x HTTP/1.1"
        ),
    ]

    private static let fields = [
        NormalisedRequest(
            name: "names and values",
            input: get("/", "a:b\r\nX-B:\t c \t\r\nX-Empty:\r\n!#$%&'*+-.^`|~: x\r\n"),
            fields: ["a: b", "X-B: c", "X-Empty: ", "!#$%&'*+-.^`|~: x"]
        ),
        NormalisedRequest(
            name: "raw bytes and tabs in a value",
            input: get("/", "X-Raw: \u{80}\u{FF}\tb\r\n"),
            fields: ["X-Raw: \u{80}\u{FF}\tb"]
        ),
        NormalisedRequest(
            name: "repeated fields stay apart, in their order",
            input: get("/", "X-A: 1\r\nX-B: 2\r\nx-a: 3\r\n"),
            fields: ["X-A: 1", "X-B: 2", "x-a: 3"]
        ),
        NormalisedRequest(name: "Host in any case", input: "GET / HTTP/1.1\r\nhOsT:a\r\n\r\n"),
        NormalisedRequest(
            name: "a suffix of Weir's in a precondition",
            input: get("/", "If-None-Match: W/\"a\", \"b-gzip\"\r\n"),
            fields: ["If-None-Match: W/\"a\", \"b\""]
        ),
    ]

    private static let connections = [
        NormalisedRequest(
            name: "hop-by-hop fields",
            input: get(
                "/",
                "Connection: keep-alive, X-Hop\r\nKeep-Alive: timeout=5\r\nProxy-Connection: close\r\nTE: trailers\r\n"
                    + "Trailer: X-Sum\r\nX-Hop: 1\r\nx-hop: 2\r\nProxy-Authorization: Basic eA==\r\nX-Stays: 1\r\n"
            ),
            fields: ["X-Stays: 1"]
        ),
        NormalisedRequest(
            name: "Connection names what matters end to end",
            input: get(
                "/",
                "Connection: Host, Authorization, Cookie, Content-Type, X-Forwarded-For, X-User-Id, Cache-Control\r\n"
                    + "Authorization: Bearer x\r\nCookie: a=b\r\nContent-Type: a/b\r\nX-User-Id: u\r\n"
                    + "Cache-Control: no-store\r\n"
            ),
            fields: [
                "Authorization: Bearer x", "Cookie: a=b", "Content-Type: a/b", "X-User-Id: u",
                "Cache-Control: no-store",
            ]
        ),
        NormalisedRequest(
            name: "Connection names a length",
            input: post("Connection: close, Content-Length\r\nContent-Length: 1\r\n", "x"),
            line: "POST / HTTP/1.1",
            framing: "Content-Length: 1",
            body: "x"
        ),
        NormalisedRequest(
            name: "Connection with odd separators",
            input: get("/", "Connection: ,;X-Hop=1 \"X-B\"\r\nX-Hop: 1\r\nX-B: 2\r\nX-C: 3\r\n"),
            fields: ["X-C: 3"]
        ),
        NormalisedRequest(
            name: "an offer of h2c",
            input: get("/", "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n")
        ),
        NormalisedRequest(
            name: "an Upgrade that Connection does not name",
            input: get("/", "Upgrade: h2c\r\n")
        ),
        NormalisedRequest(name: "TE with codings", input: get("/", "TE: gzip, trailers;q=0.5\r\n")),
    ]

    private static let claims = [
        NormalisedRequest(
            name: "where it came from, and for whom",
            input: get(
                "/",
                "X-Forwarded-For: 192.0.2.1\r\nX-Forwarded-Host: evil\r\nX-Forwarded-Proto: https\r\n"
                    + "X-Forwarded-Port: 1\r\nX-Forwarded-Scheme: x\r\nX-Forwarded-Server: x\r\n"
                    + "X-Forwarded-Prefix: /x\r\nForwarded: for=192.0.2.1\r\nX-Real-IP: 192.0.2.1\r\n"
                    + "True-Client-IP: 192.0.2.1\r\nX-Host: evil\r\nX-Original-URL: /admin\r\nX-Rewrite-URL: /admin\r\n"
            )
        ),
        NormalisedRequest(
            name: "names that CGI cannot tell apart",
            input: get(
                "/",
                "X_Forwarded_For: 192.0.2.1\r\nX-Forwarded_Host: evil\r\nContent_Length: 5\r\nTransfer_Encoding: x\r\n"
                    + "x_user_id: admin\r\nX_Original_URL: /admin\r\nX_HTTP_Method_Override: PUT\r\nIf_None_Match: *\r\n"
                    + "X_Unknown: stays\r\n"
            ),
            fields: ["X_Unknown: stays"]
        ),
        NormalisedRequest(
            name: "Weir's own",
            input: get("/", "X-Weir-TTL: 9\r\nX-Weir-Tags: a\r\nX-Weir-Namespace: n\r\nX-Weir-Priority: bulk\r\n")
        ),
        NormalisedRequest(
            name: "Via is added to",
            input: get("/", "Via: 1.1 other\r\nVia: 1.0 weir\r\n"),
            via: ["Via: 1.1 other", "Via: 1.0 weir", "Via: 1.1 weir"]
        ),
        NormalisedRequest(
            name: "a request id that is none",
            input: get("/", "X-Request-Id: a b\r\nX-Request-Id: c\r\n")
        ),
    ]

    private static let framings = [
        NormalisedRequest(
            name: "a length in odd white space",
            input: post("content-length:\t 3 \r\n", "a\u{0}\u{FF}"),
            line: "POST / HTTP/1.1",
            framing: "Content-Length: 3",
            body: "a\u{0}\u{FF}"
        ),
        NormalisedRequest(
            name: "no body where one has a meaning",
            input: post("", ""),
            line: "POST / HTTP/1.1",
            framing: "Content-Length: 0"
        ),
        NormalisedRequest(
            name: "a length of zero with GET",
            input: get("/", "Content-Length: 0\r\n"),
            framing: "Content-Length: 0"
        ),
        NormalisedRequest(
            name: "GET with a body",
            input: get("/", "Content-Length: 1\r\n") + "x",
            framing: "Content-Length: 1",
            body: "x"
        ),
        NormalisedRequest(
            name: "a body that looks like a request",
            input: post("Content-Length: 28\r\n", "GET /b HTTP/1.1\r\nHost: a\r\n\r\n"),
            line: "POST / HTTP/1.1",
            framing: "Content-Length: 28",
            body: "GET /b HTTP/1.1\r\nHost: a\r\n\r\n"
        ),
        NormalisedRequest(
            name: "chunks with extensions and trailers",
            input: post(
                "Transfer-Encoding:  CHUNKED\t\r\nTrailer: X-Sum\r\n",
                "0001;a=\"b;\";c\r\nx\r\n2;\r\nyz\r\n000;last\r\nX-Sum: 1\r\n\r\n"
            ),
            line: "POST / HTTP/1.1",
            framing: "Transfer-Encoding: chunked",
            body: "xyz"
        ),
        NormalisedRequest(
            name: "chunks of nothing",
            input: post("Transfer-Encoding: chunked\r\n", "0\r\n\r\n"),
            line: "POST / HTTP/1.1",
            framing: "Transfer-Encoding: chunked"
        ),
        NormalisedRequest(
            name: "GET with chunks",
            input: get("/", "Transfer-Encoding: chunked\r\n") + "5\r\nhello\r\n0\r\n\r\n",
            framing: "Transfer-Encoding: chunked",
            body: "hello"
        ),
        NormalisedRequest(
            name: "an expectation that Weir meets",
            input: post("Expect: 100-Continue\r\nContent-Length: 1\r\n", "x"),
            line: "POST / HTTP/1.1",
            framing: "Content-Length: 1",
            body: "x"
        ),
        NormalisedRequest(
            name: "a body in HTTP/1.0",
            input: "POST / HTTP/1.0\r\nHost: a\r\nContent-Length: 1\r\nExpect: 100-continue\r\n\r\nx",
            line: "POST / HTTP/1.1",
            via: ["Via: 1.0 weir"],
            framing: "Content-Length: 1",
            body: "x"
        ),
    ]
}
