import NIOCore
import NIOEmbedded
import Testing
import WeirHTTP
import WeirTesting

@testable import WeirUpstream

@Suite struct FallbackCallTests {
    private let first: UpstreamRig
    private let other: UpstreamRig
    private let post = UpstreamRequest.test(.post, body: .whole(ByteBuffer(string: "body")))

    init() {
        first = UpstreamRig(retry: RetrySettings(attempts: 1), breaker: BreakerSettings(failures: 100))
        other = UpstreamRig("other", retry: RetrySettings(attempts: 1), on: first.eventLoop)
    }

    private func call(_ request: UpstreamRequest = .test()) -> UpstreamRig.Call {
        var translated = request
        translated.fields = ["Host": "other.test"]
        let fallback = Fallback(upstream: other.upstream, service: .chat) { [translated] in translated }
        return first.call(request, fallback: fallback)
    }

    @Test("While the first upstream answers, the other hears nothing", arguments: [UInt16(200), 304, 404, 401])
    func unused(status: UInt16) throws {
        let call = call()
        try first.answer(status, body: "first")
        #expect(call.heard.status == status && call.heard.text == "first")
        #expect(other.tries == 0 && !call.call.isFallback)
        #expect(first.fallbacks.isEmpty)
    }

    @Test(
        "Where the first upstream cannot have acted, the other is called for any request",
        arguments: [
            UpstreamError.connect("refused"), .connectTimeout, .tls("expired"), .busy,
            .breakerOpen(retryAfterSeconds: 9), .coolingDown(retryAfterSeconds: 9),
        ]
    )
    func cannotHaveActed(error: UpstreamError) throws {
        let call = call(post)
        try first.fail(error)
        #expect(try other.last().request.fields == ["Host": "other.test"])
        #expect(!call.call.isFallback)
        try other.answer(200, body: "other")
        #expect(call.heard.status == 200 && call.heard.text == "other" && call.heard.error == nil)
        #expect(call.call.isFallback)
        #expect(first.fallbacks == [.answered: 1])
        #expect(first.isIdle && other.isIdle)
    }

    @Test(
        "Where it may have acted, only what may be done twice goes on",
        arguments: [UpstreamError.reset, .firstByteTimeout]
    )
    func mayHaveActed(error: UpstreamError) throws {
        let lost = call(post)
        try first.fail(error)
        #expect(lost.heard.error == error && other.tries == 0)
        let again = call(.test(.get))
        try first.fail(error)
        try other.answer(200)
        #expect(again.heard.status == 200)
    }

    @Test(
        "When the time is over, or Weir stops, there is no other",
        arguments: [UpstreamError.totalTimeout, .draining]
    )
    func final(error: UpstreamError) throws {
        let call = call()
        try first.fail(error)
        #expect(call.heard.error == error && other.tries == 0)
    }

    @Test(
        "Answers that count as failures, of what may be done twice and of what may not",
        arguments: [(UInt16(429), true, true), (503, true, true), (500, true, false), (502, true, false)]
    )
    func statuses(status: UInt16, idempotent: Bool, otherwise: Bool) throws {
        for (request, goes) in [(UpstreamRequest.test(.get), idempotent), (post, otherwise)] {
            let tries = other.tries
            let call = call(request)
            try first.answer(status, body: "first")
            #expect(other.tries == tries + (goes ? 1 : 0))
            if goes { try other.answer(200, body: "other") }
            #expect(call.heard.status == (goes ? 200 : status))
            #expect(call.heard.text == (goes ? "other" : "first"))
            first.upstream.coolDowns.forget(nil)
        }
    }

    @Test("A failed answer is kept, its call paused, until the other's head is there")
    func pausedMeanwhile() throws {
        let call = call()
        let handler = try first.last().handler
        handler.received(head: ResponseHead(status: 500))
        handler.received(body: ByteBuffer(string: "be"))
        #expect(try !first.last().isReading && other.tries == 1)
        try other.last().handler.received(head: ResponseHead(status: 200))
        #expect(try first.last().isCancelled)
        #expect(call.heard.status == 200)
        try other.last().handler.received(body: ByteBuffer(string: "good"))
        try other.last().handler.receivedBurst()
        try other.last().handler.receivedEnd(trailers: [:])
        #expect(call.heard.text == "good" && call.heard.trailers != nil)
    }

    @Test("When the other fails too, the first one's answer is told to its end")
    func bothFail() throws {
        for isWhole in [true, false] {
            let call = call()
            let handler = try first.last().handler
            handler.received(head: ResponseHead(status: 500))
            handler.received(body: ByteBuffer(string: "be"))
            if isWhole { handler.receivedEnd(trailers: ["X-Sum": "1"]) }
            try other.fail(.connect("refused"))
            #expect(call.heard.status == 500 && call.heard.text == "be" && !call.call.isFallback)
            if !isWhole {
                #expect(try first.last().isReading)
                handler.received(body: ByteBuffer(string: "hind"))
                handler.receivedEnd(trailers: ["X-Sum": "1"])
                #expect(call.heard.text == "behind")
            }
            #expect(call.heard.trailers == ["X-Sum": "1"])
        }
        #expect(first.fallbacks == [.failed: 2])
        #expect(first.isIdle && other.isIdle)
    }

    @Test("Another failure is no better than the first", arguments: [UInt16(429), 500, 503])
    func otherAnswersBadly(status: UInt16) throws {
        let call = call(post)
        try first.fail(.connect("refused"))
        try other.answer(status, body: "other")
        #expect(call.heard.error == .connect("refused") && call.heard.head == nil)
        #expect(first.fallbacks == [.failed: 1])
    }

    @Test("Cancelling ends both calls")
    func cancelled() throws {
        let call = call()
        try first.last().handler.received(head: ResponseHead(status: 500))
        call.call.cancel()
        #expect(try first.last().isCancelled && other.last().isCancelled)
        #expect(first.fallbacks == [.cancelled: 1])
        #expect(!call.heard.isOver && first.isIdle && other.isIdle)
    }

    @Test("A streamed body goes to the other from its beginning, and on from there")
    func body() throws {
        let call = call(.test(.post, body: .streamed(length: 6)))
        call.call.send(body: ByteBuffer(string: "be"))
        try first.last().handler.requestBodyWanted(false)
        try first.fail(.connect("refused"))
        #expect(try String(buffer: other.last().sent) == "be")
        #expect(call.heard.waits == 1)
        call.call.send(body: ByteBuffer(string: "fore"))
        call.call.sendEnd()
        #expect(try String(buffer: other.last().sent) == "before" && other.last().isEnded)
        try other.last().handler.requestBodyWanted(false)
        #expect(call.heard.waits == 2)
    }

    @Test("A body that is not at hand any more stays with its failure")
    func bodyGone() throws {
        let call = call(.test(.put, body: .streamed(length: nil)))
        call.call.send(body: ByteBuffer(repeating: 0, count: (64 << 10) + 1))
        try first.fail(.connect("refused"))
        #expect(call.heard.error == .connect("refused") && other.tries == 0)
    }

    @Test("The other has what is left of the call's time, and no Retry-After is waited for")
    func time() throws {
        let rig = UpstreamRig(on: first.eventLoop)
        let request = UpstreamRequest.test(timeouts: UpstreamTimeouts(total: .seconds(10)))
        let fallback = Fallback(upstream: other.upstream, service: .chat) { request }
        let call = rig.call(request, fallback: fallback)
        first.eventLoop.advanceTime(by: .seconds(4))
        try rig.answer(503, ["Retry-After": "1"])
        #expect(try other.last().request.timeouts.total == .seconds(6))
        #expect(rig.tries == 1)
        try other.answer(200)
        #expect(call.heard.status == 200)
    }

    @Test("A quick retry comes before the other upstream")
    func retriesFirst() throws {
        let rig = UpstreamRig(on: first.eventLoop)
        let fallback = Fallback(upstream: other.upstream, service: .chat) { .test() }
        let call = rig.call(fallback: fallback)
        try rig.fail(.reset)
        #expect(other.tries == 0)
        rig.pass()
        try rig.fail(.reset)
        try other.answer(200)
        #expect(call.heard.status == 200)
        #expect(rig.retries == [.failure: 1] && rig.fallbacks == [.answered: 1])
    }

    @Test("A caller that does not read the first does not read the other")
    func paused() throws {
        let call = call()
        call.call.setReading(false)
        try first.fail(.reset)
        #expect(try !other.last().isReading)
        call.call.setReading(true)
        #expect(try other.last().isReading)
    }

    @Test("Hints of both upstreams reach the caller, and keep nobody from calling the other")
    func hints() throws {
        let call = call()
        try first.last().handler.received(informational: ResponseHead(status: 103))
        try first.answer(503)
        try other.last().handler.received(informational: ResponseHead(status: 103))
        try other.answer(200)
        #expect(call.heard.informational == [103, 103] && call.heard.status == 200 && call.call.isFallback)
    }

    @Test("A switch to another protocol is the last word, whichever upstream makes it", arguments: [false, true])
    func switching(isOther: Bool) throws {
        let call = try call(.upgrade())
        if isOther { try first.fail(.connect("refused")) }
        let tunnel = FakeTunnel()
        try (isOther ? other : first).last().handler.received(switching: ResponseHead(status: 101), to: tunnel)
        #expect(call.heard.hasSwitched && call.heard.lateWords == 0 && !tunnel.isReset)
        #expect(call.call.isFallback == isOther)
        #expect(first.fallbacks == (isOther ? [.answered: 1] : [:]))
        #expect(first.isIdle && other.isIdle)
    }

    @Test("What offers to switch goes to the other upstream only where the first cannot have acted on it")
    func upgradeLost() throws {
        let lost = try call(.upgrade())
        try first.fail(.reset)
        #expect(lost.heard.error == .reset && other.tries == 0)
    }
}
