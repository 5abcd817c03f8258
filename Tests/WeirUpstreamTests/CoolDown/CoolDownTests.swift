import NIOCore
import NIOEmbedded
import Testing
import WeirHTTP
import WeirTesting

@testable import WeirUpstream

/// What a 429 means for the calls that follow.
@Suite struct CoolDownTests {
    private func request(_ credential: String = "a") -> UpstreamRequest {
        .test(.post, fields: ["Authorization": "Bearer \(credential)"], body: .whole(ByteBuffer(string: "{}")))
    }

    @Test("The credential is left waiting without a call, others go on, and the breaker stays closed")
    func apart() throws {
        let rig = UpstreamRig(retry: RetrySettings(attempts: 1), breaker: BreakerSettings(failures: 1))
        let first = rig.call(request())
        try rig.answer(429, ["Retry-After": "7"], body: "slow down")
        #expect(first.heard.status == 429 && first.heard.text == "slow down")
        let second = rig.call(request())
        #expect(!second.heard.isOver)
        rig.eventLoop.run()
        #expect(second.heard.error == .coolingDown(retryAfterSeconds: 7))
        #expect(rig.tries == 1)
        _ = rig.call(request("b"))
        _ = rig.call(request(), service: .embeddings)
        _ = rig.call(request(), usesBreaker: false)
        #expect(rig.tries == 4)
        rig.pass(.milliseconds(6001))
        let third = rig.call(request())
        rig.eventLoop.run()
        #expect(third.heard.error == .coolingDown(retryAfterSeconds: 1))
        rig.pass(.seconds(1))
        _ = rig.call(request())
        #expect(rig.tries == 5)
        #expect(rig.outcomes?[.coolingDown] == 2)
        #expect(rig.upstream.snapshot().breakers[.chat]?.state == .closed)
    }

    @Test("A 429 is tried again when the credential may, not before")
    func retried() throws {
        let rig = UpstreamRig()
        let call = rig.call(request())
        try rig.answer(429, ["Retry-After": "2"])
        rig.pass(.milliseconds(1999))
        #expect(rig.tries == 1 && !call.heard.isOver)
        rig.pass(.milliseconds(101))
        #expect(rig.tries == 2)
        try rig.answer(200, body: "good")
        #expect(call.heard.status == 200)
        #expect(rig.retries == [.success: 1])
    }

    @Test("Without Retry-After that is after a second; a success forgets it")
    func unsaid() throws {
        let rig = UpstreamRig()
        for _ in 0..<2 {
            let call = rig.call(request())
            try rig.answer(429)
            let tries = rig.tries
            rig.pass(.milliseconds(999))
            #expect(rig.tries == tries)
            rig.pass(.milliseconds(101))
            #expect(rig.tries == tries + 1)
            try rig.answer(200)
            #expect(call.heard.status == 200)
        }
    }

    @Test("A spent account is neither tried again nor left waiting: its own error says more")
    func spent() throws {
        let rig = UpstreamRig()
        let body = #"{"error":{"message":"You exceeded your quota","code":"insufficient_quota"}}"#
        for tries in 1...2 {
            let call = rig.call(request())
            try rig.answer(429, ["Content-Type": "application/json"], body: body)
            #expect(call.heard.status == 429 && call.heard.text == body)
            #expect(call.heard.head?.fields.contains(.xShouldRetry) == false)
            #expect(rig.tries == tries)
        }
        #expect(rig.retries.isEmpty)
    }

    @Test("A Retry-After that is too long to be waited for passes at once, and holds for the others")
    func tooLong() throws {
        let rig = UpstreamRig()
        let call = rig.call(request())
        try rig.answer(429, ["Retry-After": "3600"])
        #expect(call.heard.status == 429)
        #expect(call.heard.head?.fields.contains(.xShouldRetry) == false)
        let next = rig.call(request())
        rig.eventLoop.run()
        #expect(next.heard.error == .coolingDown(retryAfterSeconds: 300))
        #expect(rig.retries == [.tooLong: 1])
    }

    @Test("A cancelled call that was refused hears nothing")
    func cancelled() throws {
        let rig = UpstreamRig(retry: RetrySettings(attempts: 1))
        _ = rig.call(request())
        try rig.answer(429)
        let refused = rig.call(request())
        refused.call.cancel()
        rig.eventLoop.run()
        #expect(!refused.heard.isOver && refused.heard.lateWords == 0 && rig.isIdle)
    }

    @Test("Resetting a service's breaker lets its credentials go on")
    func reset() throws {
        let rig = UpstreamRig(retry: RetrySettings(attempts: 1))
        _ = rig.call(request())
        try rig.answer(429)
        #expect(rig.upstream.resetBreakers(service: .chat) == 0)
        _ = rig.call(request())
        #expect(rig.tries == 2)
    }
}
