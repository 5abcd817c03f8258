extension RequestCorpus {
    private static let plain = "GET get origin / - http11 none persistent "
    private static let plainChunked = "POST post origin / - http11 chunked persistent "

    /// Requests that are understood, alone or one behind the other.
    package static let accepted: [Accepted] = [
        // Request lines and targets.
        Accepted(input: get("/"), heads: [plain]),
        Accepted(input: get("/a/b?x=1&y=%20"), heads: ["GET get origin /a/b ?x=1&y=%20 http11 none persistent "]),
        Accepted(input: get("/?"), heads: ["GET get origin / ? http11 none persistent "]),
        Accepted(input: get("/a?b?c"), heads: ["GET get origin /a ?b?c http11 none persistent "]),
        Accepted(input: get("//a//b"), heads: ["GET get origin //a//b - http11 none persistent "]),
        Accepted(
            input: get("/a%2fb;c=d/.../e/..f/g../.h"),
            heads: ["GET get origin /a%2fb;c=d/.../e/..f/g../.h - http11 none persistent "]
        ),
        Accepted(input: get("/x?f[a]={1}|2"), heads: ["GET get origin /x ?f[a]={1}|2 http11 none persistent "]),
        Accepted(
            input: "get / HTTP/1.1\r\nHost: a\r\n\r\n",
            heads: ["get other origin / - http11 none persistent "]
        ),
        Accepted(
            input: "M-SEARCH!#$ / HTTP/1.1\r\nHost: a\r\n\r\n",
            heads: ["M-SEARCH!#$ other origin / - http11 none persistent "]
        ),
        Accepted(
            input: "\r\n\r\nPUT /p HTTP/1.1\r\nHost: a\r\n\r\n",
            heads: ["PUT put origin /p - http11 none persistent "]
        ),
        Accepted(
            input: "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n",
            heads: ["OPTIONS options asterisk  - http11 none persistent "]
        ),
        Accepted(
            input: "OPTIONS http://a HTTP/1.1\r\nHost: a\r\n\r\n",
            heads: ["OPTIONS options asterisk  - http11 none persistent "]
        ),
        Accepted(
            input: "OPTIONS /x HTTP/1.1\r\nHost: a\r\n\r\n",
            heads: ["OPTIONS options origin /x - http11 none persistent "]
        ),
        Accepted(
            input: "TRACE / HTTP/1.1\r\nHost: a\r\n\r\n",
            heads: ["TRACE trace origin / - http11 none persistent "]
        ),
        Accepted(
            input: "CONNECT a:443 HTTP/1.1\r\nHost: A:443\r\n\r\n",
            heads: ["CONNECT connect authority  - http11 none persistent "]
        ),
        Accepted(input: get("http://a/x?y"), heads: ["GET get absolute /x ?y http11 none persistent "]),
        Accepted(input: get("HTTPS://A/"), heads: ["GET get absolute / - http11 none persistent "]),
        Accepted(input: get("http://a"), heads: ["GET get absolute / - http11 none persistent "]),
        Accepted(input: get("http://a?q=/"), heads: ["GET get absolute / ?q=/ http11 none persistent "]),
        Accepted(input: get("http://a?"), heads: ["GET get absolute / ? http11 none persistent "]),
        // Hosts.
        Accepted(input: host("a.example:8080"), heads: [plain]),
        Accepted(input: host("127.0.0.1"), heads: [plain]),
        Accepted(input: host("[::1]:80"), heads: [plain]),
        Accepted(input: host("[::ffff:1.2.3.4]"), heads: [plain]),
        Accepted(input: host("my_service-1"), heads: [plain]),
        Accepted(input: host("a:65535"), heads: [plain]),
        Accepted(input: "GET / HTTP/1.1\r\nhOsT:a\r\n\r\n", heads: [plain]),
        // Versions and persistence.
        Accepted(input: "GET / HTTP/1.0\r\n\r\n", heads: ["GET get origin / - http10 none closing "]),
        Accepted(
            input: "GET / HTTP/1.0\r\nHost: a\r\nConnection: Keep-Alive\r\n\r\n",
            heads: ["GET get origin / - http10 none persistent "]
        ),
        Accepted(
            input: "GET / HTTP/1.0\r\nConnection: keep-alive, close\r\n\r\n",
            heads: ["GET get origin / - http10 none closing "]
        ),
        Accepted(input: with("Connection: x, CLOSE"), heads: ["GET get origin / - http11 none closing "]),
        Accepted(
            input: with("Connection: x\r\nConnection: close"),
            heads: ["GET get origin / - http11 none closing "]
        ),
        Accepted(input: with("Connection: keep-alive"), heads: [plain]),
        // Fields.
        Accepted(input: with("A:"), heads: [plain]),
        Accepted(input: with("A: \t "), heads: [plain]),
        Accepted(input: with("A: b\tc  "), heads: [plain]),
        Accepted(input: with("A: \u{80}\u{FF}"), heads: [plain]),
        Accepted(input: with("!#$%&'*+-.^_`|~09AZaz: :,:"), heads: [plain]),
        Accepted(input: with("Upgrade: websocket\r\nConnection: Upgrade"), heads: [plain]),
        // Bodies by length.
        Accepted(
            input: post("Content-Length: 5", "hello"),
            heads: ["POST post origin / - http11 length(5) persistent "],
            bodies: ["hello"]
        ),
        Accepted(
            input: post("content-length:0"),
            heads: ["POST post origin / - http11 length(0) persistent "]
        ),
        Accepted(
            input: post("Content-Length: 11", "\r\n\r\n\u{0}\u{FF}GET /"),
            heads: ["POST post origin / - http11 length(11) persistent "],
            bodies: ["\r\n\r\n\u{0}\u{FF}GET /"]
        ),
        Accepted(
            input: "POST / HTTP/1.0\r\nContent-Length: 2\r\n\r\nhi",
            heads: ["POST post origin / - http10 length(2) closing "],
            bodies: ["hi"]
        ),
        Accepted(
            input: with("Content-Length: 1") + "x",
            heads: ["GET get origin / - http11 length(1) persistent "],
            bodies: ["x"]
        ),
        // Expectations.
        Accepted(
            input: post("Expect: 100-Continue\r\nContent-Length: 1", "x"),
            heads: ["POST post origin / - http11 length(1) persistent expects"],
            bodies: ["x"]
        ),
        Accepted(input: with("Expect: 100-continue"), heads: [plain]),
        Accepted(
            input: "POST / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\nx",
            heads: ["POST post origin / - http10 length(1) closing "],
            bodies: ["x"]
        ),
        // Chunked bodies.
        Accepted(input: chunked("0\r\n\r\n"), heads: [plainChunked]),
        Accepted(
            input: chunked("5\r\nhello\r\nA\r\n0123456789\r\n00\r\n\r\n"),
            heads: [plainChunked],
            bodies: ["hello0123456789"]
        ),
        Accepted(
            input: chunked("1;a;b=c;d=\"e f\"\r\nx\r\n0;z\r\n\r\n"),
            heads: [plainChunked],
            bodies: ["x"]
        ),
        Accepted(
            input: chunked("0000000000000a\r\n\r\n\r\n\r\n\r\n\r\n\r\n0\r\n\r\n"),
            heads: [plainChunked],
            bodies: ["\r\n\r\n\r\n\r\n\r\n"]
        ),
        Accepted(
            input: chunked("3\r\nabc\r\n0\r\nX-Checksum: 1\r\nETag: \"a\"\r\n\r\n"),
            heads: [plainChunked],
            bodies: ["abc"]
        ),
        Accepted(input: post("Transfer-Encoding: CHUNKED", "0\r\n\r\n"), heads: [plainChunked]),
        Accepted(input: post("Transfer-Encoding:\t chunked \t", "0\r\n\r\n"), heads: [plainChunked]),
        Accepted(input: post("TE: trailers\r\nTransfer-Encoding: chunked", "0\r\n\r\n"), heads: [plainChunked]),
        // Pipelines.
        Accepted(
            input: get("/1") + get("/2") + get("/3"),
            heads: (1...3).map { "GET get origin /\($0) - http11 none persistent " }
        ),
        Accepted(
            input: chunked("1\r\nx\r\n0\r\n\r\n") + "\r\n" + post("Content-Length: 1", "y") + get("/"),
            heads: [plainChunked, "POST post origin / - http11 length(1) persistent ", plain],
            bodies: ["x", "y"]
        ),
    ]
}
