import Testing

@testable import WeirUpstream

@Suite("CurlGoodbye") struct CurlGoodbyeTests {
    private static let used = "Using Stream ID: 3 (easy handle 0x5581)"

    @Test(
        "A request is not looked at where a last stream before its own is told",
        arguments: [
            ([], false), ([used], false), (["recveived GOAWAY, error=0, last_stream=1"], false),
            ([used, "recveived GOAWAY, error=0, last_stream=1"], true),
            ([used, "received GOAWAY, error=11, last_stream=0"], true),
            ([used, "received GOAWAY, error=0, last_stream=3"], false),
            ([used, "received GOAWAY, error=0, last_stream=2147483647"], false),
            (
                [used, "received GOAWAY, error=0, last_stream=2147483647", "received GOAWAY, error=0, last_stream=1"],
                true
            ),
            (["[HTTP/2] [5] OPENED stream for https://a/", "received GOAWAY, error=0, last_stream=3"], true),
            (["[HTTP/2] [5] [:method: POST]", "received GOAWAY, error=0, last_stream=5"], false),
            // Other words, or no numbers.
            ([used, "received GOAWAY"], false), ([used, "received GOAWAY, error=0"], false),
            ([used, "received GOAWAY, error=0, last_stream="], false),
            ([used, "received GOAWAY, error=, last_stream=1"], false),
            ([used, "GOAWAY, error=0, last_stream=1"], false),
            (["Using Stream ID: ", "received GOAWAY, error=0, last_stream=1"], false),
            (["Using Stream ID: 99999999999", "received GOAWAY, error=0, last_stream=1"], false),
            (["", "U", "r", "["], false),
        ]
    )
    func lines(lines: [String], isUnprocessed: Bool) {
        var goodbye = CurlGoodbye()
        for line in lines { goodbye.note(Array(line.utf8).span) }
        #expect(goodbye.isUnprocessed == isUnprocessed)
        goodbye.reset()
        #expect(!goodbye.isUnprocessed)
    }
}
