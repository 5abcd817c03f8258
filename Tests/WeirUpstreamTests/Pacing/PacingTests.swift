import NIOCore
import NIOEmbedded
import Testing
import WeirHTTP
import WeirTesting

@testable import WeirUpstream

/// What an upstream's `x-ratelimit-*` mean for the calls that follow.
@Suite struct PacingTests {
    private func request(
        _ credential: String = "a",
        tokens: Int = 10,
        priority: CallPriority = .standard,
        timeouts: UpstreamTimeouts = UpstreamTimeouts()
    ) -> UpstreamRequest {
        var request = UpstreamRequest.test(
            .post,
            fields: ["Authorization": "Bearer \(credential)"],
            body: .whole(ByteBuffer(string: "{}")),
            timeouts: timeouts,
            priority: priority
        )
        request.load = PaceLoad(label: "gpt", tokens: tokens)
        return request
    }

    private func limits(_ remaining: Int, reset: String = "2s", limit: Int = 10) -> FieldSection {
        [
            "x-ratelimit-limit-requests": "\(limit)", "x-ratelimit-remaining-requests": "\(remaining)",
            "x-ratelimit-reset-requests": reset,
        ]
    }

    @Test("A call that would be refused is sent when it would not be, with what time it has left")
    func waits() throws {
        let rig = UpstreamRig()
        _ = rig.call(request())
        try rig.answer(200, limits(0))
        let call = rig.call(request(timeouts: UpstreamTimeouts(total: .seconds(30))))
        call.call.setReading(false)
        rig.pass(.milliseconds(1999))
        #expect(rig.tries == 1 && call.call.waitingBody == 0 && rig.upstream.snapshot().pacing.waiting == 1)
        rig.pass(.milliseconds(1))
        #expect(rig.tries == 2)
        #expect(try rig.last().request.timeouts.total == .seconds(28))
        #expect(try !rig.last().isReading)
        try rig.answer(200, limits(9), body: "good")
        #expect(call.heard.status == 200 && call.heard.text == "good")
        #expect(rig.upstream.snapshot().pacing == PaceSnapshot(outcomes: [.sent: 1], waitSeconds: 2))
    }

    @Test("One that would wait for too long is refused without a call, and others go on")
    func refused() throws {
        let rig = UpstreamRig()
        _ = rig.call(request())
        try rig.answer(200, limits(0, reset: "40.5s"))
        let call = rig.call(request())
        #expect(!call.heard.isOver)
        rig.eventLoop.run()
        #expect(call.heard.error == .paced(retryAfterSeconds: 41))
        #expect(rig.tries == 1 && rig.outcomes?[.paced] == 1)
        _ = rig.call(request("b"))
        _ = rig.call(request(), service: .embeddings)
        _ = rig.call(request(), usesBreaker: false)
        _ = rig.call(.test(.post, fields: ["Authorization": "Bearer a"], body: .whole(ByteBuffer(string: "{}"))))
        #expect(rig.tries == 5)
        #expect(rig.upstream.snapshot().pacing == PaceSnapshot(outcomes: [.refused: 1]))
        #expect(rig.upstream.snapshot().breakers[.chat]?.state == .closed)
    }

    @Test("Nobody waits where an answer is at hand, or another upstream")
    func impatient() throws {
        let rig = UpstreamRig()
        _ = rig.call(request())
        try rig.answer(200, limits(0))
        let call = rig.call(request(), patience: .zero)
        rig.eventLoop.run()
        #expect(call.heard.error == .paced(retryAfterSeconds: 2))
        let other = UpstreamRig("other", on: rig.eventLoop)
        let fallback = Fallback(upstream: other.upstream, service: .chat) { .test() }
        let fallen = rig.call(request(), fallback: fallback)
        rig.eventLoop.run()
        try other.answer(200, body: "other")
        #expect(fallen.heard.text == "other" && rig.tries == 1)
    }

    @Test("Tokens of the request count against those that are left")
    func tokens() throws {
        let rig = UpstreamRig()
        _ = rig.call(request())
        try rig.answer(
            200,
            [
                "x-ratelimit-limit-tokens": "1000", "x-ratelimit-remaining-tokens": "500",
                "x-ratelimit-reset-tokens": "30ms",
            ]
        )
        _ = rig.call(request(tokens: 400))
        #expect(rig.tries == 2)
        _ = rig.call(request(tokens: 101))
        #expect(rig.tries == 2)
        rig.pass(.milliseconds(30))
        #expect(rig.tries == 3)
    }

    @Test("What is critical goes before what came first")
    func priorities() throws {
        let rig = UpstreamRig()
        _ = rig.call(request())
        try rig.answer(200, limits(0, limit: 1))
        for priority in [CallPriority.bulk, .standard, .critical] { _ = rig.call(request(priority: priority)) }
        rig.pass(.seconds(2))
        #expect(try rig.last().request.priority == .critical && rig.tries == 2)
        try rig.answer(200, limits(0, limit: 1))
        rig.pass(.seconds(2))
        #expect(try rig.last().request.priority == .standard && rig.tries == 3)
    }

    @Test("A cancelled call is not sent, and hears nothing")
    func cancelled() throws {
        let rig = UpstreamRig()
        _ = rig.call(request())
        try rig.answer(200, limits(0))
        let call = rig.call(request())
        rig.pass(.seconds(1))
        call.call.cancel()
        rig.pass(.seconds(1))
        #expect(rig.tries == 1 && !call.heard.isOver && call.heard.lateWords == 0 && rig.isIdle)
        #expect(rig.upstream.snapshot().pacing == PaceSnapshot(outcomes: [.cancelled: 1], waitSeconds: 1))
    }

    @Test("After a 429 that says when, the limits wait no longer than that")
    func retryAfter() throws {
        let rig = UpstreamRig()
        let call = rig.call(request())
        var fields = limits(0, reset: "1m0s")
        fields.append(.retryAfter, "2")
        try rig.answer(429, fields)
        rig.pass(.milliseconds(2100))
        #expect(rig.tries == 2)
        try rig.answer(200, body: "good")
        #expect(call.heard.text == "good")
    }

    @Test("An open breaker is told to a call that has waited, and a reset lets those go that wait")
    func reset() throws {
        let rig = UpstreamRig(retry: RetrySettings(attempts: 1), breaker: BreakerSettings(failures: 1))
        _ = rig.call(request())
        let failing = rig.call(request())
        let failure = try rig.last()
        rig.transport.calls[0].handler.received(head: ResponseHead(status: 200, fields: limits(0)))
        let waiting = rig.call(request())
        failure.handler.failed(.reset)
        #expect(failing.heard.error == .reset)
        rig.pass(.seconds(2))
        guard case .breakerOpen = waiting.heard.error else {
            Issue.record("Expected the breaker's refusal, not \(String(describing: waiting.heard))")
            return
        }
        rig.transport.calls[0].handler.received(body: ByteBuffer())
        #expect(rig.upstream.resetBreakers(service: nil) == 1)
        _ = rig.call(request())
        #expect(rig.tries == 3)
    }

    @Test("A reload with the same settings knows what has been told, one with pacing off does not ask")
    func reload() throws {
        let rig = UpstreamRig()
        _ = rig.call(request())
        try rig.answer(200, limits(0))
        for (isOn, tries) in [(true, 0), (false, 1)] {
            var settings = rig.upstream.settings
            settings.pace.isOn = isOn
            let transport = FakeTransport(eventLoop: rig.eventLoop)
            let next = Upstream(settings: settings, transport: transport, succeeding: rig.upstream)
            let handler = RecordingHandler(record: Watched(CallRecord()))
            let call = next.call(request(), service: .chat, usesBreaker: true, on: rig.eventLoop, handler: handler)
            #expect(transport.calls.count == tries)
            call.cancel()
        }
    }
}
