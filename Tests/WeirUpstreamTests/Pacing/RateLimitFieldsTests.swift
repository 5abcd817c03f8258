import NIOCore
import Testing
import WeirHTTP

@testable import WeirUpstream

@Suite struct RateLimitFieldsTests {
    @Test(
        "Resets are durations with their units",
        arguments: [
            ("12ms", 0.012), ("1s", 1), ("6m0s", 360), ("1m30.951s", 90.951), ("7.66s", 7.66), ("0s", 0),
            ("1h2m3s", 3723),
            ("8.64s", 8.64), ("1d", 86_400), ("250us", 0.000_25), ("250µs", 0.000_25), ("5ns", 5e-9),
            ("900h", 7 * 86_400),
        ] as [(String, Double)]
    )
    func durations(text: String, seconds: Double) throws {
        let parsed = try #require(RateDuration.parse(ByteBuffer(string: text).readableBytesView))
        #expect(abs(Double(parsed.nanoseconds) / 1e9 - seconds) < 1e-8)
    }

    @Test(
        "What is no such duration is not taken for one",
        arguments: [
            "", "1", "60", "1767225600", "s", "-1s", "1 s", "1s ", "1.2.3s", ".5s", "1x", "1S", "1m30", "ms12", "∞s",
        ]
    )
    func malformed(text: String) {
        #expect(RateDuration.parse(ByteBuffer(string: text).readableBytesView) == nil)
    }

    @Test("Requests and tokens are read by themselves")
    func both() {
        let fields = RateLimitFields([
            "X-RateLimit-Limit-Requests": "60", "x-ratelimit-remaining-requests": "59",
            "x-ratelimit-reset-requests": "1s",
            "x-ratelimit-limit-tokens": "150000", "x-ratelimit-remaining-tokens": "149984",
            "x-ratelimit-reset-tokens": "6m0s",
        ])
        #expect(fields.requests == RateLimit(limit: 60, remaining: 59, reset: .seconds(1)))
        #expect(fields.tokens == RateLimit(limit: 150_000, remaining: 149_984, reset: .seconds(360)))
    }

    @Test(
        "A limit of which something is missing or malformed is not told",
        arguments: [
            ["x-ratelimit-remaining-requests": "0"],
            ["x-ratelimit-reset-requests": "1s"],
            ["x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "60"],
            ["x-ratelimit-remaining-requests": "-1", "x-ratelimit-reset-requests": "1s"],
            ["x-ratelimit-remaining-requests": "none", "x-ratelimit-reset-requests": "1s"],
            ["x-ratelimit-remaining-requests": "", "x-ratelimit-reset-requests": "1s"],
            ["x-ratelimit-remaining-requests": "12345678901234567890", "x-ratelimit-reset-requests": "1s"],
            [
                "x-ratelimit-remaining-requests": "0", "X-RateLimit-Remaining-Requests": "7",
                "x-ratelimit-reset-requests": "1s",
            ],
        ] as [FieldSection]
    )
    func missing(fields: FieldSection) {
        #expect(RateLimitFields(fields) == RateLimitFields())
    }

    @Test("Only how much there is in all may be missing", arguments: ["x-other", "x-ratelimit-limit-requests"])
    func withoutLimit(name: String) {
        let fields = RateLimitFields([
            name: "0", "x-ratelimit-remaining-requests": "3", "x-ratelimit-reset-requests": "1s",
        ])
        #expect(fields.requests == RateLimit(limit: nil, remaining: 3, reset: .seconds(1)))
    }
}
