import WeirHTTP

extension ResponseCorpus {
    private static let chunkedHead = "200 http11 chunked persistent"

    package static let accepted: [Accepted] = [
        // By length.
        Accepted(
            input: ok("Content-Length: 5", "hello"),
            heads: ["200 http11 length(5) persistent"],
            bodies: ["hello"]
        ),
        Accepted(input: ok("content-length:0"), heads: ["200 http11 length(0) persistent"]),
        Accepted(
            input: ok("Connection: close\r\nContent-Length: 1", "x"),
            heads: ["200 http11 length(1) closing"],
            bodies: ["x"]
        ),
        Accepted(
            input: ok("Content-Length: 1", "xHTTP"),
            heads: ["200 http11 length(1) persistent"],
            bodies: ["x"],
            left: 4
        ),
        // Chunked.
        Accepted(input: ok("Transfer-Encoding: chunked", "0\r\n\r\n"), heads: [chunkedHead]),
        Accepted(
            input: ok("Transfer-Encoding: Chunked", "3;a=b\r\nabc\r\n1\r\nd\r\n0\r\nA: b\r\n\r\n"),
            heads: [chunkedHead],
            bodies: ["abcd"]
        ),
        // To the end of the connection.
        Accepted(
            closed: true,
            input: ok("A: b", "all of it"),
            heads: ["200 http11 untilClose closing"],
            bodies: ["all of it"]
        ),
        Accepted(closed: true, input: ok("A: b"), heads: ["200 http11 untilClose closing"]),
        Accepted(
            closed: true,
            input: "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n\r\nx",
            heads: ["200 http10 untilClose closing"],
            bodies: ["x"]
        ),
        Accepted(closed: true, input: "HTTP/1.1 200 OK\r\n\r\n", heads: ["200 http11 untilClose closing"]),
        Accepted(
            closed: true,
            input: ok("Content-Length: 1", "x"),
            heads: ["200 http11 length(1) persistent"],
            bodies: ["x"]
        ),
        // HTTP/1.0.
        Accepted(
            input: "HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\nx",
            heads: ["200 http10 length(1) closing"],
            bodies: ["x"]
        ),
        Accepted(
            input: "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 1\r\n\r\nx",
            heads: ["200 http10 length(1) persistent"],
            bodies: ["x"]
        ),
        // Without a body.
        Accepted(
            methods: [.head],
            input: ok("Content-Length: 5"),
            heads: ["200 http11 length(5) persistent"]
        ),
        Accepted(methods: [.head], input: ok("Transfer-Encoding: chunked"), heads: ["200 http11 none persistent"]),
        Accepted(methods: [.head], input: ok("A: b"), heads: ["200 http11 none persistent"]),
        Accepted(input: status("204 No Content"), heads: ["204 http11 none persistent"]),
        Accepted(input: status("204 No Content", "Content-Length: 0"), heads: ["204 http11 none persistent"]),
        Accepted(
            input: status("204 No Content", "Content-Length: 3", "abc"),
            heads: ["204 http11 none closing"],
            left: 3
        ),
        Accepted(input: status("304 Not Modified", "Content-Length: 9"), heads: ["304 http11 none persistent"]),
        Accepted(methods: [.connect], input: ok("Content-Length: 9"), heads: ["200 http11 none closing"]),
        Accepted(
            methods: [.connect],
            input: status("403 No", "Content-Length: 1", "x"),
            heads: ["403 http11 length(1) persistent"],
            bodies: ["x"]
        ),
        // Status lines.
        Accepted(input: status("200", "Content-Length: 0"), heads: ["200 http11 length(0) persistent"]),
        Accepted(input: status("200 ", "Content-Length: 0"), heads: ["200 http11 length(0) persistent"]),
        Accepted(input: status("299 \u{FC}\tber all", "Content-Length: 0"), heads: ["299 http11 length(0) persistent"]),
        Accepted(input: status("999 x", "Content-Length: 0"), heads: ["999 http11 length(0) persistent"]),
        // Interim responses.
        Accepted(
            input: status("100 Continue") + status("103 Early Hints", "Link: </a>") + ok("Content-Length: 0"),
            heads: ["200 http11 length(0) persistent"]
        ),
        // One after the other.
        Accepted(
            methods: [.head, .get, .get],
            input: ok("Content-Length: 9") + ok("Transfer-Encoding: chunked", "1\r\nx\r\n0\r\n\r\n")
                + ok("Content-Length: 1", "y"),
            heads: ["200 http11 length(9) persistent", chunkedHead, "200 http11 length(1) persistent"],
            bodies: ["x", "y"]
        ),
        // Fields that mean nothing to framing.
        Accepted(
            input: ok("Host: a\r\nHost: b\r\nExpect: x\r\nTE: y\r\nA:\r\nContent-Length: 0"),
            heads: ["200 http11 length(0) persistent"]
        ),
        // Framings that are odd, and mean one thing.
        Accepted(
            input: ok("Transfer-Encoding: chunked", "0000000001;a;b=\"c;d\"\r\nx\r\n0;z\r\n\r\n"),
            heads: [chunkedHead],
            bodies: ["x"]
        ),
        Accepted(
            input: ok("Transfer-Encoding: \tchunked \t", "1\r\nx\r\n0\r\nServer-Timing: a\r\nSet-Cookie: a\r\n\r\n"),
            heads: [chunkedHead],
            bodies: ["x"]
        ),
        Accepted(
            input: ok("Content-Length: \t1 \t", "\u{0}"),
            heads: ["200 http11 length(1) persistent"],
            bodies: ["\u{0}"]
        ),
        Accepted(
            input: ok("Connection: keep-alive, close, keep-alive\r\nContent-Length: 1", "x"),
            heads: ["200 http11 length(1) closing"],
            bodies: ["x"]
        ),
        Accepted(
            input: ok("Connection: content-length, etag\r\nETag: \"a\"\r\nContent-Length: 1", "x"),
            heads: ["200 http11 length(1) persistent"],
            bodies: ["x"]
        ),
        // More than was asked for: dropped with the connection.
        Accepted(
            input: ok("Content-Length: 1", "x") + ok("Content-Length: 6", "forged"),
            heads: ["200 http11 length(1) persistent"],
            bodies: ["x"],
            left: 44
        ),
        Accepted(
            input: ok("Transfer-Encoding: chunked", "1\r\nx\r\n0\r\n\r\n0\r\n\r\n"),
            heads: [chunkedHead],
            bodies: ["x"],
            left: 5
        ),
        Accepted(
            input: ok("Content-Length: 1", "x\r\n"),
            heads: ["200 http11 length(1) persistent"],
            bodies: ["x"],
            left: 2
        ),
        Accepted(
            methods: [.head],
            input: ok("Content-Length: 5", "hello"),
            heads: ["200 http11 length(5) persistent"],
            left: 5
        ),
        Accepted(
            input: status("304 Not Modified", "Content-Length: 5", "hello"),
            heads: ["304 http11 none persistent"],
            left: 5
        ),
        Accepted(
            input: status("204 No Content", "Transfer-Encoding: chunked", "0\r\n\r\n"),
            heads: ["204 http11 none closing"],
            left: 5
        ),
        Accepted(
            input: String(repeating: status("102 Processing"), count: 9) + ok("Content-Length: 1", "x"),
            heads: ["200 http11 length(1) persistent"],
            bodies: ["x"]
        ),
        // Nobody asked.
        Accepted(methods: [], input: ok("Content-Length: 0"), heads: [], left: 38),
        Accepted(methods: [], closed: true, input: "", heads: []),
    ]
}
