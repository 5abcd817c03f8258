import Testing
import WeirHTTP
import WeirLedger

@testable import WeirProxy

@Suite("x-ratelimit-*")
struct RateFieldsTests {
    @Test(
        "times are written as OpenAI does, rounded up to milliseconds",
        arguments: [
            (.zero, "0ms"), (.milliseconds(12), "12ms"), (.microseconds(1), "1ms"), (.milliseconds(999), "999ms"),
            (.seconds(1), "1s"), (.milliseconds(1_500), "1.5s"), (.milliseconds(59_001), "59.001s"),
            (.seconds(60), "1m0s"), (.seconds(360), "6m0s"), (.seconds(3_600), "1h0m0s"),
            (.milliseconds(3_723_040), "1h2m3.04s"), (.seconds(86_399), "23h59m59s"), (.seconds(-1), "0ms"),
        ] as [(Duration, String)]
    )
    func times(time: Duration, text: String) { #expect(RateFields.text(time) == text) }

    @Test("only what is limited is told")
    func some() {
        var fields = FieldSection()
        RateFields.append(
            RateLevels(tokens: RateLevel(limit: 10, remaining: 3, reset: .seconds(42))),
            to: &fields
        )
        #expect(fields.lines.count == 3)
        #expect(fields.string(named: "x-ratelimit-limit-tokens") == "10")
        #expect(fields.string(named: "x-ratelimit-remaining-tokens") == "3")
        #expect(fields.string(named: "x-ratelimit-reset-tokens") == "42s")
    }
}
