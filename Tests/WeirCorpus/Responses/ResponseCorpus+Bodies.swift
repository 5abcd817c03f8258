import WeirHTTP

extension ResponseCorpus {
    /// Chunks and trailers, behind a head that was good.
    static let chunks: [RequestCorpus.Refusal] = [
        RequestCorpus.Refusal(
            502,
            "a chunk size has no digits",
            [
                chunked("x\r\n"),
                chunked("\r\n"),
                chunked("-1\r\nx\r\n"),
                chunked("1\r\nx\r\n\r\n0\r\n\r\n"),
                chunked(" 1\r\nx\r\n"),
                chunked("<html>"),
            ]
        ),
        RequestCorpus.Refusal(
            502,
            "a chunk size has too many digits",
            [
                chunked("10000000000000001\r\nx\r\n"),
                chunked("ffffffffffffffff\r\nx\r\n"),
            ]
        ),
        RequestCorpus.Refusal(
            502,
            "a chunk size is followed by neither a line end nor an extension",
            [
                chunked("0x1\r\nx\r\n"),
                chunked("1 \r\nx\r\n"),
            ]
        ),
        RequestCorpus.Refusal(
            502,
            "a chunk does not end where its size says",
            [
                chunked("1\r\nxy\r\n"),
                chunked("2\r\nx\r\n0\r\n\r\n"),
                chunked("1\r\nx0\r\n\r\n"),
            ]
        ),
        RequestCorpus.Refusal(
            502,
            "a line ends in LF without CR",
            [
                chunked("1\nx\n0\n\n"),
                chunked("1\r\nx\r\n0\r\nA: b\n\r\n"),
            ]
        ),
        RequestCorpus.Refusal(
            502,
            "a CR is not followed by LF",
            [
                chunked("1\rx\r\n"),
                chunked("0\r\n\rX"),
            ]
        ),
        RequestCorpus.Refusal(
            502,
            "a chunk extension is too long",
            [
                chunked("1;" + String(repeating: "a", count: 300))
            ]
        ),
        RequestCorpus.Refusal(
            502,
            "there is a control character in a chunk extension",
            [
                chunked("1;\u{0}\r\nx\r\n")
            ]
        ),
        RequestCorpus.Refusal(
            502,
            "there is white space before a field's colon",
            [
                chunked("0\r\nA : b\r\n\r\n")
            ]
        ),
        RequestCorpus.Refusal(
            502,
            "a field line is folded or starts with white space",
            [
                chunked("0\r\nA: b\r\n c\r\n\r\n")
            ]
        ),
        RequestCorpus.Refusal(
            502,
            "there are too many fields",
            [
                chunked("0\r\n" + String(repeating: "a: b\r\n", count: 201) + "\r\n")
            ]
        ),
        RequestCorpus.Refusal(
            502,
            "the trailer section is too large",
            [
                chunked("0\r\na: " + String(repeating: "b", count: 33_000))
            ]
        ),
    ]

    /// Connections that end too early.
    static let cut: [Refused] =
        cutHeads.map { Refused(closed: true, reason: "the connection closed before a response", input: $0) }
        + cutBodies.map {
            Refused(closed: true, reason: "the connection closed within a response", input: $0, isUnderWay: true)
        } + [
            Refused(
                method: .head,
                reason: "Content-Length is repeated",
                input: ok("Content-Length: 1\r\nContent-Length: 2")
            )
        ]

    private static let cutHeads = [
        "", "H", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\nA: b\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r",
        status("100 Continue"),
    ]

    private static let cutBodies = [
        ok("Content-Length: 2", "x"), ok("Content-Length: 2"), chunked("2\r\nx"), chunked("1\r\nx\r\n"),
        chunked("1\r\nx\r\n0\r\n"), chunked("1\r\nx\r\n0\r\nA: b\r\n"), chunked("1\r\nx\r\n0"), chunked(""),
    ]
}
