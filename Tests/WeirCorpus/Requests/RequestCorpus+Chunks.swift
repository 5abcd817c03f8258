extension RequestCorpus {
    /// Chunks, their extensions and the trailers behind them.
    static let chunks: [Refusal] = [
        Refusal(
            "a chunk size has no digits",
            [
                chunked("\r\n"),
                chunked("x\r\n"),
                chunked("+1\r\nx\r\n0\r\n\r\n"),
                chunked("-1\r\nx\r\n0\r\n\r\n"),
                chunked(" 1\r\nx\r\n0\r\n\r\n"),
                chunked(";a\r\nx\r\n"),
                chunked("\t1\r\nx\r\n0\r\n\r\n"),
                chunked("g\r\n"),
                chunked("\"1\"\r\nx\r\n0\r\n\r\n"),
                chunked("$1\r\nx\r\n0\r\n\r\n"),
                chunked("\u{0}1\r\nx\r\n0\r\n\r\n"),
                chunked("\u{FF}\r\n"),
                chunked("\n0\r\n\r\n"),
                chunked("1\r\nx\r\n\r\n0\r\n\r\n"),
                chunked("GET / HTTP/1.1\r\nHost: a\r\n\r\n"),
            ]
        ),
        Refusal(
            "a chunk size is followed by neither a line end nor an extension",
            [
                chunked("0x1\r\nx\r\n0\r\n\r\n"),
                chunked("1_0\r\nx\r\n0\r\n\r\n"),
                chunked("1 \r\nx\r\n0\r\n\r\n"),
                chunked("1\t;a\r\nx\r\n0\r\n\r\n"),
                chunked("1 2\r\nx\r\n0\r\n\r\n"),
                chunked("1,\r\nx\r\n0\r\n\r\n"),
                chunked("0x0\r\n\r\n"),
                chunked("1h\r\nx\r\n0\r\n\r\n"),
                chunked("1.0\r\nx\r\n0\r\n\r\n"),
                chunked("1 ;a\r\nx\r\n0\r\n\r\n"),
                chunked("1\u{0}\r\nx\r\n0\r\n\r\n"),
                chunked("1:\r\nx\r\n0\r\n\r\n"),
                chunked("0 \r\n\r\n"),
            ]
        ),
        Refusal(
            "a chunk size has too many digits",
            [
                chunked("0000000000000001\r\nx\r\n0\r\n\r\n"),
                chunked("fffffffffffffffff\r\nx\r\n"),
                chunked("7fffffffffffffff\r\nx\r\n"),
                chunked("8000000000000000\r\nx\r\n"),
                chunked("10000000000000001\r\nx\r\n0\r\n\r\n"),
                chunked("0000000000000000\r\n\r\n"),
                chunked(String(repeating: "0", count: 5_000) + "1\r\nx\r\n"),
            ]
        ),
        Refusal(
            "a line ends in LF without CR",
            [
                chunked("1\nx\r\n0\r\n\r\n"),
                chunked("1;a\nx\r\n0\r\n\r\n"),
                chunked("0\r\n\n"),
                chunked("0\n\n"),
                chunked("0\r\nA: b\n\r\n"),
                chunked("0;a\n\r\n"),
                chunked("1\n\nx\n0\n\n"),
                chunked("0\r\nA: b\nC: d\r\n\r\n"),
            ]
        ),
        Refusal(
            "a CR is not followed by LF",
            [
                chunked("1\rx\r\n0\r\n\r\n"),
                chunked("1\r\r\nx\r\n0\r\n\r\n"),
                chunked("1;a\rb\r\nx\r\n0\r\n\r\n"),
                chunked("0\r\n\rX"),
                chunked("0\r\r\n\r\n"),
                chunked("1;a=\"\r\u{0}\"\r\nx\r\n0\r\n\r\n"),
                chunked("0\r\nA: b\rC: d\r\n\r\n"),
            ]
        ),
        Refusal(
            "a chunk does not end where its size says",
            [
                chunked("1\r\nx\n0\r\n\r\n"),
                chunked("1\r\nx\r0\r\n\r\n"),
                chunked("1\r\nx0\r\n\r\n"),
                chunked("1\r\nxy\r\n0\r\n\r\n"),
                chunked("2\r\nx\r\n0\r\n\r\n"),
                chunked("1\r\nx\rX"),
                chunked("0000a\r\nx\r\n0\r\n\r\n\u{0}\u{0}\u{0}\u{0}"),
                chunked("1\r\nx\n\r\n0\r\n\r\n"),
                chunked("3\r\nabcdef\r\n0\r\n\r\n"),
                chunked("1\r\nx\r\r\n0\r\n\r\n"),
            ]
        ),
        Refusal(
            "a chunk extension is too long",
            [
                chunked("1;" + String(repeating: "a", count: 256) + "\r\nx\r\n0\r\n\r\n"),
                chunked("1;" + String(repeating: "a", count: 5_000)),
            ]
        ),
        Refusal(
            "a field line has no colon",
            [
                chunked("0\r\nA\r\n\r\n")
            ]
        ),
        Refusal(
            "there is white space before a field's colon",
            [
                chunked("0\r\nA : b\r\n\r\n"),
                chunked("0\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"),
            ]
        ),
        Refusal(
            "a field line is folded or starts with white space",
            [
                chunked("0\r\n A: b\r\n\r\n"),
                chunked("0\r\nA: b\r\n c\r\n\r\n"),
                chunked("0\r\n\tA: b\r\n\r\n"),
            ]
        ),
        Refusal(
            "there is a field in the trailers that belongs in the head",
            [
                chunked("0\r\nContent-Length: 1\r\n\r\n"),
                chunked("0\r\nTransfer-Encoding: chunked\r\n\r\n"),
                chunked("0\r\nHost: b\r\n\r\n"),
                chunked("0\r\nAuthorization: b\r\n\r\n"),
                chunked("0\r\nCookie: b\r\n\r\n"),
                chunked("0\r\nCache-Control: no-store\r\n\r\n"),
                chunked("0\r\nConnection: close\r\n\r\n"),
                chunked("0\r\nX-Forwarded-For: b\r\n\r\n"),
                chunked("0\r\nx-forwarded-port: b\r\n\r\n"),
                chunked("0\r\nX-Real-IP: b\r\n\r\n"),
                chunked("0\r\nA: b\r\nx-user-id: b\r\n\r\n"),
                chunked("0\r\nExpect: 100-continue\r\n\r\n"),
                chunked("0\r\nTE: trailers\r\n\r\n"),
                chunked("0\r\nUpgrade: h2c\r\n\r\n"),
                chunked("0\r\nTrailer: a\r\n\r\n"),
                chunked("0\r\nContent-Type: a/b\r\n\r\n"),
                chunked("0\r\nContent-Encoding: gzip\r\n\r\n"),
                chunked("0\r\nContent-Range: bytes 0-1/2\r\n\r\n"),
                chunked("0\r\nSet-Cookie: a=b\r\n\r\n"),
                chunked("0\r\nRange: bytes=0-\r\n\r\n"),
                chunked("0\r\nIf-None-Match: a\r\n\r\n"),
                chunked("0\r\nVary: *\r\n\r\n"),
                chunked("0\r\nVia: 1.1 weir\r\n\r\n"),
                chunked("0\r\nForwarded: for=b\r\n\r\n"),
                chunked("0\r\nProxy-Authorization: b\r\n\r\n"),
                chunked("0\r\nX-Original-URL: /b\r\n\r\n"),
                chunked("0\r\nX-Rewrite-URL: /b\r\n\r\n"),
                chunked("0\r\nX-HTTP-Method-Override: PUT\r\n\r\n"),
                chunked("0\r\nTrue-Client-IP: b\r\n\r\n"),
                chunked("0\r\nX-Weir-Tags: b\r\n\r\n"),
                chunked("0\r\nHTTP2-Settings: b\r\n\r\n"),
                chunked("0\r\napi-key: b\r\n\r\n"),
            ]
        ),
        Refusal(
            431,
            "there are too many fields",
            [
                chunked("0\r\n" + String(repeating: "a: b\r\n", count: 201) + "\r\n")
            ]
        ),
        Refusal(
            431,
            "the trailer section is too large",
            [
                chunked("0\r\na: " + String(repeating: "b", count: 33_000))
            ]
        ),
        Refusal(
            "there is a control character in a chunk extension",
            [
                chunked("1;a\u{0}\r\nx\r\n0\r\n\r\n"),
                chunked("1;a\u{7F}\r\nx\r\n0\r\n\r\n"),
                chunked("1;\u{1}\r\nx\r\n0\r\n\r\n"),
                chunked("0;a=\"\u{1B}\"\r\n\r\n"),
            ]
        ),
    ]
}
