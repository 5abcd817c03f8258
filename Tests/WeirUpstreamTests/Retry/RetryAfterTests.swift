import NIOCore
import Testing
import WeirHTTP

@testable import WeirUpstream

@Suite struct RetryAfterTests {
    @Test(
        "Retry-After in seconds, and as OpenAI's clients read it",
        arguments: [
            ("0", TimeAmount.zero), ("7", .seconds(7)), ("1.5", .milliseconds(1500)), ("86400", .hours(24)),
            ("99999999999999999999", .hours(24)),
        ]
    )
    func seconds(text: String, wait: TimeAmount) { #expect(RetryAfter.read(["Retry-After": text]) == wait) }

    @Test(
        "What is no time says nothing",
        arguments: ["", "soon", "-1", "+1", "1e3", "0x10", "nan", "inf", "1 s", "1,2", "1.2.3", "Sun, 06 Nov 1994"]
    )
    func nonsense(text: String) { #expect(RetryAfter.read(["Retry-After": text]) == nil) }

    @Test("Milliseconds come first, unless they are none")
    func milliseconds() {
        #expect(RetryAfter.read(["Retry-After": "3", "retry-after-ms": "250"]) == .milliseconds(250))
        #expect(RetryAfter.read(["retry-after-ms": "0.5"]) == .microseconds(500))
        #expect(RetryAfter.read(["Retry-After": "3", "retry-after-ms": "later"]) == .seconds(3))
        #expect(RetryAfter.read([:]) == nil)
    }

    @Test("A date is taken by the upstream's own clock, and one that is past means now")
    func dates() {
        let date = "Sun, 06 Nov 1994 08:49:37 GMT"
        #expect(RetryAfter.read(["Date": date, "Retry-After": "Sun, 06 Nov 1994 08:49:57 GMT"]) == .seconds(20))
        #expect(RetryAfter.read(["Date": date, "Retry-After": date]) == .zero)
        #expect(RetryAfter.read(["Date": date, "Retry-After": "Sun, 06 Nov 1994 08:00:00 GMT"]) == .zero)
        #expect(RetryAfter.read(["Date": date, "Retry-After": "Sun, 06 Nov 2094 08:49:37 GMT"]) == .hours(24))
        #expect(RetryAfter.read(["Retry-After": date]) == .zero)
    }
}

@Suite struct SpentQuotaTests {
    private func isSpent(_ body: String, _ fields: FieldSection = [:]) -> Bool {
        SpentQuota.isNamed(in: ByteBuffer(string: body), fields)
    }

    @Test(
        "An account that has run dry says so in its error's type or code",
        arguments: [
            #"{"error":{"message":"m","type":"insufficient_quota","param":null,"code":"insufficient_quota"}}"#,
            #"{ "error" : { "type" : "insufficient_quota" } }"#,
            #"{"error":{"code":"credit_balance_exhausted"}}"#,
            #"{"error":{"code":"organization_spend_limit_exceeded"}}"#,
            #"{"error":{"code":"project_spend_limit_exceeded"}}"#,
            #"{"error":{"code":"organization_usage_limit_exceeded"}}"#,
        ]
    )
    func spent(body: String) { #expect(isSpent(body)) }

    @Test(
        "A rate limit is none, whatever it speaks of",
        arguments: [
            #"{"error":{"type":"requests","code":"rate_limit_exceeded"}}"#,
            #"{"error":{"message":"no \"insufficient_quota\" here","code":"slow_down"}}"#,
            #"{"error":{"message":"insufficient_quota"#,
            "",
        ]
    )
    func rateLimits(body: String) { #expect(!isSpent(body)) }

    @Test("It is read out of gzip, and not guessed from what cannot be read")
    func coded() {
        let body = #"{"error":{"code":"insufficient_quota"}}"#
        let packed = GzipEncoder.compress(ByteBuffer(string: body))
        #expect(SpentQuota.isNamed(in: packed, ["Content-Encoding": "gzip"]))
        #expect(isSpent(body, ["Content-Encoding": "identity"]))
        #expect(!isSpent(body, ["Content-Encoding": "br"]))
        #expect(!isSpent(body, ["Content-Encoding": "gzip"]))
    }
}
