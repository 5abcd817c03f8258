extension RequestCorpus {
    /// Expectations.
    static let expectations: [Refusal] = [
        Refusal(
            417,
            "the expectation is not 100-continue",
            [
                with("Expect: 200-ok"),
                with("Expect:"),
                with("Expect: 100-continue, 100-continue"),
                with("Expect: 100-continue\r\nExpect: 100-continue"),
                with("Expect: 100-continue;a=b"),
                with("Expect: 100-continuee"),
                post("Expect: 100-continue, x\r\nContent-Length: 1", "x"),
                post("Expect: \"100-continue\"\r\nContent-Length: 1", "x"),
                post("Expect: 100\r\nContent-Length: 1", "x"),
                post("Expect: continue\r\nContent-Length: 1", "x"),
                post("Expect: 100_continue\r\nContent-Length: 1", "x"),
                "POST / HTTP/1.0\r\nExpect: x\r\nContent-Length: 1\r\n\r\nx",
            ]
        )
    ]
}
