extension RequestCorpus {
    /// Where a body ends: Content-Length and Transfer-Encoding.
    static let framing: [Refusal] = [
        Refusal(
            "there are both Content-Length and Transfer-Encoding",
            [
                post("Content-Length: 1\r\nTransfer-Encoding: chunked", "0\r\n\r\n"),
                post("Transfer-Encoding: chunked\r\nContent-Length: 0", "0\r\n\r\n"),
                post("transfer-encoding: chunked\r\nCONTENT-LENGTH: 5", "0\r\n\r\n"),
                post("Content-Length: 5\r\nA: b\r\nTransfer-Encoding:chunked", "0\r\n\r\n"),
                post("Content-Length: 1\r\nTransfer-Encoding: identity", "x"),
                post("Transfer-Encoding:\r\nContent-Length: 1", "x"),
                post("Transfer-Encoding: chunked\r\nContent-Length:", "0\r\n\r\n"),
                with("Content-Length: 0\r\nTransfer-Encoding: chunked") + "0\r\n\r\n",
            ]
        ),
        Refusal(
            "Content-Length is repeated",
            [
                post("Content-Length: 1\r\nContent-Length: 1", "x"),
                post("Content-Length: 1\r\nContent-Length: 2", "xy"),
                post("Content-Length: 1\r\ncontent-length: 1", "x"),
                post("Content-Length: 1\r\nContent-Length:", "x"),
                post("Content-Length: 0\r\nA: b\r\nContent-Length: 0"),
                post("Content-Length: 1\r\nContent-Length: 1\r\nContent-Length: 1", "x"),
                with("Content-Length: 0\r\nContent-Length: 4") + "GET ",
            ]
        ),
        Refusal(
            "Content-Length is not a decimal number within range",
            [
                post("Content-Length: 1, 1", "x"),
                post("Content-Length: 1,", "x"),
                post("Content-Length:", "x"),
                post("Content-Length: +1", "x"),
                post("Content-Length: -1", "x"),
                post("Content-Length: 0x1", "x"),
                post("Content-Length: 1a", "x"),
                post("Content-Length: 1 1", "x"),
                post("Content-Length: 1.0", "x"),
                post("Content-Length: 1e0", "x"),
                post("Content-Length: 01", "x"),
                post("Content-Length: \"1\"", "x"),
                post("Content-Length: 9223372036854775808", "x"),
                post("Content-Length: 18446744073709551616", "x"),
                post("Content-Length: 99999999999999999999999999", "x"),
                post("Content-Length: 1;", "x"),
                post("Content-Length: \u{D9}\u{A1}", "x"),
                post("Content-Length: 1\t1", "x"),
                post("Content-Length: 1_0", "x"),
                post("Content-Length: '1'", "x"),
                post("Content-Length: 0b1", "x"),
                post("Content-Length: 1\u{A0}", "x"),
                post("Content-Length: 00"),
                post("Content-Length: -0"),
                post("Content-Length: +0"),
                post("Content-Length: 0, 0"),
                post("Content-Length: ,1", "x"),
                post("Content-Length: 1, 2", "xy"),
                post("Content-Length: NaN", "x"),
                post("Content-Length: \t ", "x"),
                post("Content-Length: 1/1", "x"),
                post("Content-Length: chunked", "0\r\n\r\n"),
                post("Content-Length: 10000000000000000000", "x"),
                with("Content-Length: 1x") + "x",
                "POST / HTTP/1.0\r\nContent-Length: +1\r\n\r\nx",
            ]
        ),
        Refusal(
            "Transfer-Encoding is not chunked",
            [
                post("Transfer-Encoding:", "0\r\n\r\n"),
                post("Transfer-Encoding: chunked, chunked", "0\r\n\r\n"),
                post("Transfer-Encoding: chunked, gzip", "0\r\n\r\n"),
                post("Transfer-Encoding: chunked,", "0\r\n\r\n"),
                post("Transfer-Encoding: , chunked", "0\r\n\r\n"),
                post("Transfer-Encoding: identity", "0\r\n\r\n"),
                post("Transfer-Encoding: gzip", "0\r\n\r\n"),
                post("Transfer-Encoding: xchunked", "0\r\n\r\n"),
                post("Transfer-Encoding: chunkedx", "0\r\n\r\n"),
                post("Transfer-Encoding: chunke", "0\r\n\r\n"),
                post("Transfer-Encoding: \"chunked\"", "0\r\n\r\n"),
                post("Transfer-Encoding: chunked;q=1", "0\r\n\r\n"),
                post("Transfer-Encoding: chunked foo", "0\r\n\r\n"),
                post("Transfer-Encoding: chunked chunked", "0\r\n\r\n"),
                post("Transfer-Encoding: ch unked", "0\r\n\r\n"),
                post("Transfer-Encoding: chunked=1", "0\r\n\r\n"),
                post("Transfer-Encoding: chunked;", "0\r\n\r\n"),
                post("Transfer-Encoding: ;chunked", "0\r\n\r\n"),
                post("Transfer-Encoding: deflate", "0\r\n\r\n"),
                post("Transfer-Encoding: compress", "0\r\n\r\n"),
                post("Transfer-Encoding: trailers", "0\r\n\r\n"),
                post("Transfer-Encoding: \u{A0}chunked", "0\r\n\r\n"),
                post("Transfer-Encoding: chunked\u{A0}", "0\r\n\r\n"),
                post("Transfer-Encoding: chunked/1", "0\r\n\r\n"),
                post("Transfer-Encoding: [chunked]", "0\r\n\r\n"),
                post("Transfer-Encoding: {chunked}", "0\r\n\r\n"),
                post("Transfer-Encoding: gzip;q=1, chunked", "0\r\n\r\n"),
                post("Transfer-Encoding: chunked, identity", "0\r\n\r\n"),
                post("Transfer-Encoding: 'chunked'", "0\r\n\r\n"),
                post("Transfer-Encoding: c\u{E7}hunked", "0\r\n\r\n"),
                with("Transfer-Encoding: x") + "0\r\n\r\n",
            ]
        ),
        Refusal(
            "Transfer-Encoding is repeated",
            [
                post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", "0\r\n\r\n"),
                post("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity", "0\r\n\r\n"),
                post("Transfer-Encoding: identity\r\nTransfer-Encoding: chunked", "0\r\n\r\n"),
                post("Transfer-Encoding:\r\ntransfer-encoding: chunked", "0\r\n\r\n"),
                post("Transfer-Encoding: chunked\r\nTransfer-Encoding:", "0\r\n\r\n"),
            ]
        ),
        Refusal(
            "there is a control character in the head",
            [
                post("Transfer-Encoding: \u{B}chunked", "0\r\n\r\n"),
                post("Transfer-Encoding: chunked\u{C}", "0\r\n\r\n"),
                post("Transfer-Encoding: chun\u{0}ked", "0\r\n\r\n"),
                post("Transfer-Encoding: \u{7F}chunked", "0\r\n\r\n"),
                post("Content-Length: 1\u{0}", "x"),
                post("Content-Length: \u{1}1", "x"),
            ]
        ),
        Refusal(
            "there is white space before a field's colon",
            [
                post("Transfer-Encoding : chunked", "0\r\n\r\n"),
                post("Transfer-Encoding\t: chunked", "0\r\n\r\n"),
                post("Content-Length : 1", "x"),
            ]
        ),
        Refusal(
            "a field line is folded or starts with white space",
            [
                post("Transfer-Encoding:\r\n chunked", "0\r\n\r\n"),
                post("Content-Length:\r\n 1", "x"),
                post("Content-Length: 1\r\n\t0", "0123456789"),
                post(" Transfer-Encoding: chunked", "0\r\n\r\n"),
                post("A: b\r\n Content-Length: 1", "x"),
            ]
        ),
        Refusal(
            "there is Transfer-Encoding in HTTP/1.0",
            [
                "POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "GET / HTTP/1.0\r\nTransfer-Encoding: chunked\r\nConnection: keep-alive\r\n\r\n0\r\n\r\n",
                "POST / HTTP/1.0\r\nTransfer-Encoding: identity\r\n\r\nx",
            ]
        ),
        Refusal(
            501,
            "a transfer coding is not chunked",
            [
                post("Transfer-Encoding: gzip, chunked", "0\r\n\r\n"),
                post("Transfer-Encoding: a , b,chunked", "0\r\n\r\n"),
                post("Transfer-Encoding: identity, chunked", "0\r\n\r\n"),
                post("Transfer-Encoding: xchunked,chunked", "0\r\n\r\n"),
            ]
        ),
    ]
}
