extension ResponseCorpus {
    /// Where a body ends: Content-Length and Transfer-Encoding.
    static let framing: [RequestCorpus.Refusal] = [
        RequestCorpus.Refusal(
            502,
            "there are both Content-Length and Transfer-Encoding",
            [
                ok("Content-Length: 1\r\nTransfer-Encoding: chunked", "0\r\n\r\n"),
                ok("Transfer-Encoding: chunked\r\nContent-Length: 5", "0\r\n\r\n"),
                ok("Content-Length: 1\r\nTransfer-Encoding: identity", "x"),
                status("304 Not Modified", "Content-Length: 1\r\nTransfer-Encoding: chunked"),
            ]
        ),
        RequestCorpus.Refusal(
            502,
            "Content-Length is repeated",
            [
                ok("Content-Length: 1\r\nContent-Length: 1", "x"),
                ok("Content-Length: 1\r\nContent-Length: 2", "x"),
                ok("Content-Length: 1\r\nA: b\r\ncontent-length: 1", "x"),
                status("204 No Content", "Content-Length: 0\r\nContent-Length: 0"),
                status("404 Not Found", "Content-Length: 0\r\nContent-Length: 6", "forged"),
            ]
        ),
        RequestCorpus.Refusal(
            502,
            "Content-Length is not a decimal number within range",
            [
                ok("Content-Length: 1, 1", "x"),
                ok("Content-Length: 1,", "x"),
                ok("Content-Length: -1", "x"),
                ok("Content-Length: +1", "x"),
                ok("Content-Length: 0x1", "x"),
                ok("Content-Length: ", "x"),
                ok("Content-Length: 1 1", "x"),
                ok("Content-Length: 1.0", "x"),
                ok("Content-Length: 01", "x"),
                ok("Content-Length: 1a", "x"),
                ok("Content-Length: \"1\"", "x"),
                ok("Content-Length: 1;", "x"),
                ok("Content-Length: 1\u{A0}", "x"),
                ok("Content-Length: 99999999999999999999", "x"),
                ok("Content-Length: 9223372036854775808", "x"),
            ]
        ),
        RequestCorpus.Refusal(
            502,
            "Transfer-Encoding is not chunked",
            [
                ok("Transfer-Encoding: gzip", "0\r\n\r\n"),
                ok("Transfer-Encoding: identity", "0\r\n\r\n"),
                ok("Transfer-Encoding: ", "0\r\n\r\n"),
                ok("Transfer-Encoding: chunked, chunked", "0\r\n\r\n"),
                ok("Transfer-Encoding: chunked, gzip", "0\r\n\r\n"),
                ok("Transfer-Encoding: xchunked", "0\r\n\r\n"),
                ok("Transfer-Encoding: chunked;q=1", "0\r\n\r\n"),
                ok("Transfer-Encoding: \"chunked\"", "0\r\n\r\n"),
                ok("Transfer-Encoding: , chunked", "0\r\n\r\n"),
                ok("Transfer-Encoding: chunked,", "0\r\n\r\n"),
                ok("Transfer-Encoding: \u{A0}chunked", "0\r\n\r\n"),
            ]
        ),
        RequestCorpus.Refusal(
            502,
            "a transfer coding is not chunked",
            [
                ok("Transfer-Encoding: gzip, chunked", "0\r\n\r\n"),
                ok("Transfer-Encoding: identity,chunked", "0\r\n\r\n"),
            ]
        ),
        RequestCorpus.Refusal(
            502,
            "Transfer-Encoding is repeated",
            [
                ok("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", "0\r\n\r\n"),
                ok("Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked", "0\r\n\r\n"),
            ]
        ),
        RequestCorpus.Refusal(
            502,
            "there is Transfer-Encoding in HTTP/1.0",
            [
                "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            ]
        ),
    ]

    /// Status lines, and what is none.
    static let statusLines: [RequestCorpus.Refusal] = [
        RequestCorpus.Refusal(
            502,
            "the status line is not a version, a status and a reason",
            [
                "HTTP/1.1 20 OK\r\n\r\n",
                "HTTP/1.1 2000 OK\r\n\r\n",
                "HTTP/1.1 20\r\n\r\n",
                "HTTP/1.1 200OK\r\n\r\n",
                "HTTP/1.1  200 OK\r\n\r\n",
                "HTTP/1.1\r\n\r\n",
                "HTTP/1.1 \r\n\r\n",
                "HTTP/1.1\t200\tOK\r\n\r\n",
                "HTTP/1.1 200\tOK\r\n\r\n",
                "ICY 200 OK\r\n\r\n",
                "SSH-2.0-OpenSSH_9.2p1\r\n",
                "\r\nHTTP/1.1 200 OK\r\n\r\n",
                " HTTP/1.1 200 OK\r\n\r\n",
                "220 mail.example ESMTP\r\n",
                "<html>no head</html>\r\n",
                "-ERR unknown command\r\n",
                "\u{EF}\u{BB}\u{BF}HTTP/1.1 200 OK\r\n\r\n",
            ]
        ),
        RequestCorpus.Refusal(
            502,
            "the status is not a number of three digits",
            [
                "HTTP/1.1 099 OK\r\n\r\n",
                "HTTP/1.1 abc OK\r\n\r\n",
                "HTTP/1.1 +20 OK\r\n\r\n",
                "HTTP/1.1 2 0 OK\r\n\r\n",
                "HTTP/1.1 2.0 OK\r\n\r\n",
                "HTTP/1.1 0x1 OK\r\n\r\n",
                "HTTP/1.1 -99 OK\r\n\r\n",
            ]
        ),
        RequestCorpus.Refusal(
            502,
            "the version of HTTP is neither 1.1 nor 1.0",
            [
                "HTTP/2.0 200 OK\r\n\r\n",
                "HTTP/1.2 200 OK\r\n\r\n",
                "HTTP/0.9 200 OK\r\n\r\n",
                "HTTP/3.0 200 OK\r\n\r\n",
            ]
        ),
        RequestCorpus.Refusal(
            502,
            "the line does not name a version of HTTP where it should",
            [
                "http/1.1 200 OK\r\n\r\n",
                "HTTP/1_1 200 OK\r\n\r\n",
                "HTTP-1.1 200 OK\r\n\r\n",
            ]
        ),
        RequestCorpus.Refusal(
            502,
            "there is a control character in the head",
            [
                "HTTP/1.1 200 O\u{0}K\r\n\r\n",
                "HTTP/1.1 200 \u{1B}[0m\r\n\r\n",
                "\u{0}\u{0}\u{6}\u{4}",
                "\u{15}\u{3}\u{3}\u{0}\u{2}\u{2}\u{28}",
            ]
        ),
        RequestCorpus.Refusal(
            502,
            "a line ends in LF without CR",
            [
                "HTTP/1.1 200 OK\nA: b\n\n",
                "HTTP/1.1 200\n",
            ]
        ),
        RequestCorpus.Refusal(
            502,
            "a CR is not followed by LF",
            [
                "HTTP/1.1 200 OK\rA: b\r\n\r\n"
            ]
        ),
        RequestCorpus.Refusal(
            502,
            "the start line is too long",
            [
                "HTTP/1.1 200 " + String(repeating: "b", count: 40_000)
            ]
        ),
    ]

    /// Field lines.
    static let fields: [RequestCorpus.Refusal] = [
        RequestCorpus.Refusal(
            502,
            "there is white space before a field's colon",
            [
                ok("A : b"),
                ok("Content-Length : 1", "x"),
                ok("no colon"),
            ]
        ),
        RequestCorpus.Refusal(
            502,
            "a field line is folded or starts with white space",
            [
                ok(" A: b"),
                ok("A: b\r\n c"),
                ok("A: b\r\n\tc"),
                ok("Content-Length:\r\n 1", "x"),
            ]
        ),
        RequestCorpus.Refusal(
            502,
            "a line ends in LF without CR",
            [
                ok("A: b\nC: d"),
                ok("A: b\nContent-Length: 6", "forged"),
                ok("A: b\n"),
            ]
        ),
        RequestCorpus.Refusal(
            502,
            "a CR is not followed by LF",
            [
                ok("A: b\rC"),
                ok("A: b\r\r\nC: d"),
            ]
        ),
        RequestCorpus.Refusal(
            502,
            "there is a control character in the head",
            [
                ok("A: b\u{0}"),
                ok("A: b\u{1}c"),
                ok("A: \u{7F}"),
                ok("Content-Length: 1\u{0}", "x"),
            ]
        ),
        RequestCorpus.Refusal(
            502,
            "a field line has no name",
            [
                ok(": b")
            ]
        ),
        RequestCorpus.Refusal(
            502,
            "a field line has no colon",
            [
                ok("A"),
                ok("A: b\r\nC"),
            ]
        ),
        RequestCorpus.Refusal(
            502,
            "a field name is not a token",
            [
                ok("A(b): c"),
                ok("A\u{80}: c"),
                ok("\"A\": c"),
                ok("A\u{0}: c"),
            ]
        ),
        RequestCorpus.Refusal(
            502,
            "the head is too large",
            [
                ok("A: " + String(repeating: "b", count: 40_000)),
                ok(String(repeating: "a", count: 40_000)),
                ok(
                    Array(repeating: "Set-Cookie: " + String(repeating: "b", count: 1_000), count: 40).joined(
                        separator: "\r\n"
                    )
                ),
            ]
        ),
        RequestCorpus.Refusal(
            502,
            "there are too many fields",
            [
                ok(Array(repeating: "A: b", count: 201).joined(separator: "\r\n"))
            ]
        ),
    ]

    /// Responses before the final one (RFC 9110 §15.2).
    static let interim: [RequestCorpus.Refusal] = [
        RequestCorpus.Refusal(
            502,
            "nobody asked for the protocol switched to",
            [
                status("101 Switching Protocols", "Upgrade: x"),
                status("101 Switching Protocols", "Connection: Upgrade\r\nUpgrade: websocket"),
                status("100 Continue") + status("101 Switching Protocols", "Connection: Upgrade\r\nUpgrade: h2c"),
            ]
        ),
        RequestCorpus.Refusal(
            502,
            "there are too many 1xx responses",
            [
                String(repeating: status("100 Continue"), count: 17),
                String(repeating: status("103 Early Hints", "Link: </a>"), count: 1_000),
            ]
        ),
        RequestCorpus.Refusal(
            502,
            "an interim response announces a body",
            [
                status("100 Continue", "Content-Length: 5", "hello"),
                status("103 Early Hints", "Transfer-Encoding: chunked", "0\r\n\r\n"),
            ]
        ),
        RequestCorpus.Refusal(
            502,
            "Content-Length is not a decimal number within range",
            [
                status("100 Continue", "Content-Length: +1")
            ]
        ),
        RequestCorpus.Refusal(
            502,
            "the head is too large",
            [
                status("103 Early Hints", "Link: " + String(repeating: "b", count: 40_000))
            ]
        ),
    ]
}
