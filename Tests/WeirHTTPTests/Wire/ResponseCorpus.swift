import Testing
import WeirHTTP

/// Responses with what a strict gateway makes of each.
enum ResponseCorpus {
    struct Accepted: Sendable, CustomTestStringConvertible {
        var methods: [RequestMethod] = [.get]
        var closed = false
        var input: String
        /// Per message: status, version, framing, persistence.
        var heads: [String]
        var bodies: [String] = []
        var left = 0

        var testDescription: String { "\(methods) \(input.prefix(200).debugDescription)" }
    }

    struct Refused: Sendable, CustomTestStringConvertible {
        var method = RequestMethod.get
        var closed = false
        var input: String

        var testDescription: String { "\(method) \(input.prefix(200).debugDescription)" }
    }

    static func ok(_ lines: String, _ body: String = "") -> String { "HTTP/1.1 200 OK\r\n\(lines)\r\n\r\n\(body)" }
    static func status(_ status: String, _ lines: String = "A: b", _ body: String = "") -> String {
        "HTTP/1.1 \(status)\r\n\(lines)\r\n\r\n\(body)"
    }

    private static let chunkedHead = "200 http11 chunked persistent"

    static let accepted: [Accepted] = [
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
        // Nobody asked.
        Accepted(methods: [], input: ok("Content-Length: 0"), heads: [], left: 38),
        Accepted(methods: [], closed: true, input: "", heads: []),
    ]

    static let refused: [Refused] =
        [
            // Framing.
            ok("Content-Length: 1\r\nTransfer-Encoding: chunked", "0\r\n\r\n"),
            ok("Content-Length: 1\r\nContent-Length: 1", "x"),
            ok("Content-Length: 1\r\nContent-Length: 2", "x"),
            ok("Content-Length: 1, 1", "x"),
            ok("Content-Length: -1", "x"),
            ok("Content-Length: +1", "x"),
            ok("Content-Length: 0x1", "x"),
            ok("Content-Length:", "x"),
            ok("Content-Length: 99999999999999999999", "x"),
            ok("Transfer-Encoding: gzip", "x"),
            ok("Transfer-Encoding: gzip, chunked", "0\r\n\r\n"),
            ok("Transfer-Encoding: identity", "x"),
            ok("Transfer-Encoding:", "x"),
            ok("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", "0\r\n\r\n"),
            "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            // Chunks.
            ok("Transfer-Encoding: chunked", "x\r\n"),
            ok("Transfer-Encoding: chunked", "1\r\nxy\r\n"),
            ok("Transfer-Encoding: chunked", "1\nx\n0\n\n"),
            ok("Transfer-Encoding: chunked", "1;" + String(repeating: "a", count: 300)),
            ok("Transfer-Encoding: chunked", "0\r\nA : b\r\n\r\n"),
            // Status lines.
            "HTTP/1.1 20 OK\r\n\r\n",
            "HTTP/1.1 2000 OK\r\n\r\n",
            "HTTP/1.1 099 OK\r\n\r\n",
            "HTTP/1.1 abc OK\r\n\r\n",
            "HTTP/1.1 200OK\r\n\r\n",
            "HTTP/1.1  200 OK\r\n\r\n",
            "HTTP/1.1\r\n\r\n",
            "HTTP/1.1 \r\n\r\n",
            "HTTP/2.0 200 OK\r\n\r\n",
            "HTTP/1.2 200 OK\r\n\r\n",
            "http/1.1 200 OK\r\n\r\n",
            "ICY 200 OK\r\n\r\n",
            "SSH-2.0-OpenSSH_9.2p1\r\n",
            "\r\nHTTP/1.1 200 OK\r\n\r\n",
            "HTTP/1.1 200 O\u{0}K\r\n\r\n",
            "HTTP/1.1 200 OK\nA: b\n\n",
            // Fields.
            ok("A : b"), ok(" A: b"), ok("A: b\r\n c"), ok("A: b\nC: d"), ok("A: b\u{0}"), ok("A: b\rC"), ok(": b"),
            ok("no colon"),
            ok("A: " + String(repeating: "b", count: 40_000)),
            ok(Array(repeating: "A: b", count: 201).joined(separator: "\r\n")),
            "HTTP/1.1 200 " + String(repeating: "b", count: 40_000),
            // Interim responses.
            status("101 Switching Protocols", "Upgrade: x"),
            String(repeating: status("100 Continue"), count: 17),
            status("100 Continue", "Content-Length: +1"),
            status("100 Continue", "Content-Length: 5", "hello"),
            status("103 Early Hints", "Transfer-Encoding: chunked", "0\r\n\r\n"),
        ].map { Refused(input: $0) } + [
            Refused(method: .head, input: ok("Content-Length: 1\r\nContent-Length: 2")),
            // Cut short.
            Refused(closed: true, input: ""),
            Refused(closed: true, input: "HTTP/1.1 200 OK\r\nA: b\r\n"),
            Refused(closed: true, input: status("100 Continue")),
            Refused(closed: true, input: ok("Content-Length: 2", "x")),
            Refused(closed: true, input: ok("Transfer-Encoding: chunked", "2\r\nx")),
            Refused(closed: true, input: ok("Transfer-Encoding: chunked", "1\r\nx\r\n")),
            Refused(closed: true, input: ok("Transfer-Encoding: chunked", "1\r\nx\r\n0\r\n")),
        ]
}
