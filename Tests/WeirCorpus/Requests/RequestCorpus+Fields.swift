extension RequestCorpus {
    /// Field lines.
    static let fields: [Refusal] = [
        Refusal(
            "there is white space before a field's colon",
            [
                with("A : b"),
                with("A\t: b"),
                with("A b"),
                with("Host : b"),
                with("A b: c"),
                with("A\t\t: b"),
                "GET / HTTP/1.1\r\nHost : a\r\n\r\n",
            ]
        ),
        Refusal(
            "a field line is folded or starts with white space",
            [
                with(" A: b"),
                with("\tA: b"),
                with("A: b\r\n c"),
                with("A: b\r\n\tc"),
                with("A: b\r\n \r\nC: d"),
                "GET / HTTP/1.1\r\n Host: a\r\n\r\n",
                "GET / HTTP/1.1\r\n\tHost: a\r\nHost: a\r\n\r\n",
                with("A: b\r\n  c\r\n d"),
                with("A:\r\n b"),
                with(" "),
                with("\t"),
                with("  : b"),
                "GET / HTTP/1.1\r\n \r\nHost: a\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a\r\n b\r\n\r\n",
            ]
        ),
        Refusal(
            "a field line has no name",
            [
                with(": b"),
                with(":"),
                with("::"),
                with(": Content-Length: 1"),
            ]
        ),
        Refusal(
            "a field line has no colon",
            [
                with("A"),
                with("Content-Length"),
                with("GET"),
                with("A: b\r\nC"),
            ]
        ),
        Refusal(
            "a field name is not a token",
            [
                with("A\u{0}: b"),
                with("A\u{80}: b"),
                with("A(b): c"),
                with("A/b: c"),
                with("A@b: c"),
                with("A[b]: c"),
                with("A=b: c"),
                with("\"A\": b"),
                with("A;b: c"),
                with("A,b: c"),
                with("A<b: c"),
                with("A>b: c"),
                with("A?b: c"),
                with("A{b: c"),
                with("A}b: c"),
                with("A\\b: c"),
                with("A\"b: c"),
                with("\u{C4}: b"),
                with("A\u{A0}: b"),
                with("\u{FF}\u{FE}: b"),
                with("A\u{1}: b"),
                with("A\u{7F}: b"),
                with("GET/a: b"),
            ]
        ),
        Refusal(
            "there is a control character in the head",
            [
                with("A: b\u{0}c"),
                with("A: b\u{1}"),
                with("A: \u{8}"),
                with("A: b\u{B}c"),
                with("A: b\u{1B}[0m"),
                with("A: b\u{7F}"),
                with("A: \u{2}b"),
                with("A: \u{3}b"),
                with("A: \u{4}b"),
                with("A: \u{5}b"),
                with("A: \u{6}b"),
                with("A: \u{7}b"),
                with("A: \u{C}b"),
                with("A: \u{E}b"),
                with("A: \u{10}b"),
                with("A: \u{1F}b"),
            ]
        ),
        Refusal(
            "a CR is not followed by LF",
            [
                with("A: b\rc"),
                with("A: b\r"),
                "GET / HTTP/1.1\r\nHost: a\r\n\rX",
                with("A: b\r\r\nC: d"),
                with("A: \rContent-Length: 5"),
                "GET / HTTP/1.1\r\n\rHost: a\r\n\r\n",
            ]
        ),
        Refusal(
            "a line ends in LF without CR",
            [
                with("A: b\nC: d"),
                with("A: b\n"),
                with("A: b\r\n\nC: d"),
                "GET / HTTP/1.1\nHost: a\n\n",
                "GET / HTTP/1.1\r\nHost: a\n\r\n",
                "GET / HTTP/1.1\r\nHost: a\r\n\n",
                with("A: b\nContent-Length: 5"),
                with("A: b\n\nGET /b HTTP/1.1"),
                with("A: b\n c"),
                with("\nA: b"),
            ]
        ),
        Refusal(
            431,
            "there are too many fields",
            [
                with(Array(repeating: "A: b", count: 200).joined(separator: "\r\n")),
                with(Array(repeating: "a:", count: 3_000).joined(separator: "\r\n")),
            ]
        ),
        Refusal(
            431,
            "the head is too large",
            [
                with("A: " + String(repeating: "b", count: 33_000)),
                with(String(repeating: "a", count: 33_000)),
                with(
                    Array(repeating: "A: " + String(repeating: "b", count: 1_000), count: 40).joined(separator: "\r\n")
                ),
                with("Cookie: " + String(repeating: "a=b; ", count: 20_000)),
                with("A:" + String(repeating: " ", count: 33_000)),
            ]
        ),
    ]
}
