extension RequestCorpus {
    /// Good requests with a bad one behind them: those are answered, that one is refused.
    static let pipelined: [Refused] = [
        Refused(
            status: 400,
            reason: "there is no Host field",
            input: get("/") + "GET / HTTP/1.1\r\n\r\n",
            answered: 1
        ),
        Refused(
            status: 400,
            reason: "a request does not begin with a method",
            input: post("Content-Length: 1", "xGET / HTTP/1.1\r\nHost: a\r\n\r\n") + "\u{0}",
            answered: 2
        ),
        // A length that lies: what is left of the body is no request.
        Refused(
            status: 400,
            reason: "the request line does not begin with a method and a space",
            input: post("Content-Length: 1", "xy\r\n") + get("/b"),
            answered: 1
        ),
        Refused(
            status: 400,
            reason: "a request does not begin with a method",
            input: post("Content-Length: 0", "{\"a\":1}"),
            answered: 1
        ),
        Refused(
            status: 400,
            reason: "there are too many empty lines before a request",
            input: chunked("1\r\nx\r\n0\r\n\r\n") + "\r\n\r\n\r\n" + get("/b"),
            answered: 1
        ),
        Refused(
            status: 400,
            reason: "there are both Content-Length and Transfer-Encoding",
            input: get("/") + chunked("0\r\n\r\n")
                + post("Content-Length: 4\r\nTransfer-Encoding: chunked", "0\r\n\r\n"),
            answered: 2
        ),
        Refused(
            status: 400,
            reason: "a chunk size has no digits",
            input: get("/") + chunked("x\r\n"),
            answered: 1,
            isUnderWay: true
        ),
        Refused(
            status: 505,
            reason: "the version of HTTP is neither 1.1 nor 1.0",
            input: get("/") + "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
            answered: 1
        ),
        // An offer to change the protocol does not make what follows anything but HTTP/1.1.
        Refused(
            status: 505,
            reason: "the version of HTTP is neither 1.1 nor 1.0",
            input: with("Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk")
                + "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
            answered: 1
        ),
    ]
}
