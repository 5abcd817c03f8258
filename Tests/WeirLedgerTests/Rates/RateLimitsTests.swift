import Testing
import WeirLedger

@Suite struct RateLimitsTests {
    private func isGranted(_ verdict: RateLimits<String>.Verdict) -> Bool {
        if case .granted = verdict { true } else { false }
    }

    @Test("a request takes of both limits or of neither")
    func together() {
        var limit = RateLimit(.init(requests: 2, tokens: 100), now: .zero)
        #expect(limit.take(tokens: 80, now: .zero) == nil)
        #expect(limit.take(tokens: 80, now: .zero) == .init(measure: .tokens, wait: .seconds(36)))
        #expect(limit.levels(now: .zero).requests?.remaining == 1)
        #expect(limit.take(tokens: 20, now: .zero) == nil)
        // Both are exceeded: the one that takes longer is told.
        #expect(limit.take(tokens: 1, now: .zero) == .init(measure: .requests, wait: .seconds(30)))
        #expect(limit.take(tokens: 90, now: .zero) == .init(measure: .tokens, wait: .seconds(54)))
        #expect(limit.levels(now: .zero).tokens?.remaining == 0)
    }

    @Test("tokens are corrected by what was used; a request that was not made is given back")
    func settled() {
        var limit = RateLimit(.init(requests: 5, tokens: 100), now: .zero)
        #expect(limit.take(tokens: 50, now: .zero) == nil)
        limit.settle(taken: 50, used: 10, now: .zero)
        #expect(limit.levels(now: .zero).tokens?.remaining == 90)
        #expect(limit.take(tokens: 10, now: .zero) == nil)
        limit.settle(taken: 10, used: 200, now: .zero)
        #expect(limit.take(tokens: 1, now: .zero) == .init(measure: .tokens, wait: .milliseconds(66_600)))
        #expect(limit.levels(now: .zero).requests?.remaining == 3)
        limit.giveBack(taken: 150, now: .zero)
        #expect(limit.levels(now: .zero).requests?.remaining == 4)
        #expect(limit.levels(now: .zero).tokens?.remaining == 40)
    }

    @Test("each has limits of their own, and those without a name share some")
    func apart() {
        var limits = RateLimits<String>(.init(requests: 1), limitOfNames: 10)
        #expect(isGranted(limits.take(tokens: 0, for: "ada", now: .zero)))
        #expect(!isGranted(limits.take(tokens: 0, for: "ada", now: .zero)))
        #expect(isGranted(limits.take(tokens: 0, for: "bob", now: .zero)))
        #expect(isGranted(limits.take(tokens: 0, for: nil, now: .zero)))
        #expect(!isGranted(limits.take(tokens: 0, for: nil, now: .zero)))
        #expect(limits.levels(of: "ada", now: .zero).requests?.remaining == 0)
        #expect(limits.levels(of: "cleo", now: .zero).requests?.remaining == 1)
        #expect(limits.levels(of: nil, now: .zero).requests?.remaining == 0)
    }

    @Test("only who is as good as new is forgotten; until somebody is, newcomers share")
    func bounded() {
        var limits = RateLimits<String>(.init(requests: 2), limitOfNames: 2)
        #expect(isGranted(limits.take(tokens: 0, for: "ada", now: .zero)))
        #expect(isGranted(limits.take(tokens: 0, for: "bob", now: .seconds(20))))
        for name in ["cleo", "dan"] { #expect(isGranted(limits.take(tokens: 0, for: name, now: .seconds(20)))) }
        #expect(!isGranted(limits.take(tokens: 0, for: "eve", now: .seconds(20))))
        #expect(limits.levels(of: "eve", now: .seconds(20)).requests?.remaining == 0)
        #expect(limits.count == 3)
        // Ada's minute is over.
        #expect(isGranted(limits.take(tokens: 0, for: "eve", now: .seconds(31))))
        #expect(limits.levels(of: "eve", now: .seconds(31)).requests?.remaining == 1)
        #expect(limits.levels(of: "bob", now: .seconds(31)).requests?.remaining == 1)
    }

    @Test("what is settled after its holder was forgotten still counts")
    func settledLate() {
        var limits = RateLimits<String>(.init(tokens: 60), limitOfNames: 1)
        guard case .granted(let ada) = limits.take(tokens: 1, for: "ada", now: .zero) else {
            Issue.record("expected to be granted")
            return
        }
        #expect(isGranted(limits.take(tokens: 1, for: "bob", now: .seconds(60))))
        limits.settle(ada, taken: 1, used: 1, now: .seconds(60))
        limits.giveBack(ada, taken: 1, now: .seconds(60))
        #expect(limits.count == 1)
        limits.settle(ada, taken: 1, used: 31, now: .seconds(60))
        #expect(limits.levels(of: "ada", now: .seconds(60)).tokens?.remaining == 30)
    }

    @Test("a thousand names in a row keep no more than their number")
    func manyNames() {
        var limits = RateLimits<String>(.init(requests: 1), limitOfNames: 10)
        for index in 0..<1_000 {
            _ = limits.take(tokens: 0, for: "u\(index)", now: .milliseconds(index * 500))
            #expect(limits.count <= 12)
        }
    }
}
