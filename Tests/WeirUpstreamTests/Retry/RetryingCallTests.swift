import NIOCore
import Testing
import WeirHTTP
import WeirTesting

@testable import WeirUpstream

/// What a caller hears of a call that takes several tries.
@Suite struct RetryingCallTests {
    private let post = UpstreamRequest.test(.post, body: .whole(ByteBuffer(string: "body")))

    @Test("A connection that does not come about is tried again, and the caller hears of the answer alone")
    func connectFails() throws {
        let rig = UpstreamRig()
        let call = rig.call(post)
        try rig.fail(.connect("refused"))
        #expect(rig.tries == 1 && !call.heard.isOver)
        rig.pass()
        #expect(rig.tries == 2)
        #expect(try rig.last().request.body.text == "body")
        try rig.answer(200, body: "good")
        #expect(call.heard.status == 200 && call.heard.text == "good" && call.heard.error == nil)
        #expect(rig.retries == [.success: 1])
        #expect(rig.outcomes == [.connect: 1, .success: 1])
        #expect(rig.isIdle)
    }

    @Test(
        "What an idle connection lost goes out again at once on a new one, body and all; no retry, no failure",
        arguments: [UpstreamError.lostIdle, .unprocessed]
    )
    func lostIdle(error: UpstreamError) throws {
        // What has not been looked at needs no key, but a body that is kept for retries.
        let fields: FieldSection = error == .lostIdle ? ["Idempotency-Key": "k"] : [:]
        let rig = UpstreamRig(
            retry: RetrySettings(attempts: error == .lostIdle ? 1 : 2),
            breaker: BreakerSettings(failures: 1)
        )
        let call = rig.call(.test(.post, fields: fields, body: .streamed(length: 4)))
        call.call.send(body: ByteBuffer(string: "bo"))
        #expect(try !rig.last().request.needsNewConnection)
        try rig.fail(error)
        #expect(rig.tries == 2 && !call.heard.isOver)
        #expect(try rig.last().request.needsNewConnection)
        call.call.send(body: ByteBuffer(string: "dy"))
        call.call.sendEnd()
        #expect(try rig.last().sent == ByteBuffer(string: "body") && rig.last().isEnded)
        try rig.answer(200, body: "good")
        #expect(call.heard.status == 200 && call.heard.text == "good")
        #expect(rig.outcomes == [.lostIdle: 1, .success: 1])
        #expect(rig.retries.isEmpty && rig.isIdle)
        #expect(rig.upstream.snapshot().breakers[.chat]?.consecutiveFailures == 0)
    }

    @Test("What may not be sent twice fails when an idle connection loses it, and the breaker counts nothing")
    func lostIdleOnce() throws {
        let rig = UpstreamRig(breaker: BreakerSettings(failures: 1))
        let call = rig.call(post)
        try rig.fail(.lostIdle)
        #expect(rig.tries == 1 && call.heard.error == .lostIdle)
        #expect(rig.upstream.snapshot().breakers[.chat]?.state == .closed)
        #expect(rig.upstream.snapshot().failures == 0 && rig.isIdle)
    }

    @Test("A 503 is held back and tried again; its connection is left to be used again")
    func unavailable() throws {
        let rig = UpstreamRig()
        let call = rig.call(post)
        try rig.answer(503, body: "not now")
        #expect(call.heard.head == nil && call.heard.bodyCount == 0)
        #expect(try !rig.last().isCancelled)
        rig.pass()
        try rig.answer(200, body: "good")
        #expect(call.heard.status == 200 && call.heard.text == "good")
        #expect(call.heard.head?.fields.contains(.xShouldRetry) == false)
    }

    @Test("What was retried to its end passes as it is, and says that it was")
    func exhausted() throws {
        let rig = UpstreamRig()
        let call = rig.call(post)
        try rig.answer(503, body: "first")
        rig.pass()
        try rig.answer(503, ["Retry-After": "3"], body: "second")
        #expect(call.heard.status == 503 && call.heard.text == "second" && call.heard.trailers != nil)
        #expect(call.heard.head?.fields == ["Retry-After": "3", "x-should-retry": "false"])
        #expect(rig.tries == 2)
        #expect(rig.retries == [.failure: 1])
        #expect(rig.isIdle)
    }

    @Test("What was not retried does not say so")
    func single() throws {
        let rig = UpstreamRig(retry: RetrySettings(attempts: 1))
        let call = rig.call(post)
        try rig.answer(503, body: "only")
        #expect(call.heard.status == 503 && call.heard.text == "only")
        #expect(call.heard.head?.fields.contains(.xShouldRetry) == false)
        #expect(rig.retries.isEmpty)
    }

    @Test("What may have been acted upon is not sent twice", arguments: [UpstreamError.reset, .malformed("junk")])
    func notIdempotent(error: UpstreamError) throws {
        let rig = UpstreamRig()
        let call = rig.call(post)
        try rig.fail(error)
        #expect(call.heard.error == error)
        var keyed = post
        keyed.fields.append(.idempotencyKey, "k")
        let again = rig.call(keyed)
        try rig.fail(error)
        rig.pass()
        #expect(rig.tries == 3)
        try rig.answer(200)
        #expect(again.heard.status == 200)
    }

    @Test("An answer too large to be held is decided on by what there is of it, and let go")
    func largeError() throws {
        let rig = UpstreamRig()
        let call = rig.call()
        let handler = try rig.last().handler
        handler.received(head: ResponseHead(status: 503))
        let half = ByteBuffer(repeating: 0x61, count: HeldAnswer.limit / 2 + 1)
        handler.received(body: half)
        handler.receivedBurst()
        #expect(try !rig.last().isCancelled)
        handler.received(body: half)
        #expect(try rig.last().isCancelled)
        rig.pass()
        let second = try rig.last().handler
        second.received(head: ResponseHead(status: 503))
        for _ in 0..<3 { second.received(body: half) }
        second.receivedBurst()
        #expect(call.heard.status == 503 && call.heard.bodyCount == half.readableBytes * 3)
        second.receivedEnd(trailers: ["X-Sum": "1"])
        #expect(call.heard.trailers == ["X-Sum": "1"])
    }

    @Test("A held answer that breaks off is still what the upstream said")
    func brokenError() throws {
        let rig = UpstreamRig()
        let call = rig.call(post)
        for _ in 0..<2 {
            let handler = try rig.last().handler
            handler.received(head: ResponseHead(status: 503))
            handler.received(body: ByteBuffer(string: "half"))
            handler.failed(.reset)
            rig.pass()
        }
        #expect(rig.tries == 2)
        #expect(call.heard.status == 503 && call.heard.text == "half" && call.heard.error == .reset)
        #expect(rig.isIdle)
    }

    @Test("An upstream that says no is not asked again")
    func upstreamSaysNo() throws {
        let rig = UpstreamRig()
        let call = rig.call()
        try rig.answer(503, ["x-should-retry": "false"])
        #expect(call.heard.status == 503 && rig.tries == 1)
    }

    @Test("Once anything has reached the caller there is no going back")
    func delivered() throws {
        let rig = UpstreamRig()
        let begun = rig.call()
        try rig.last().handler.received(head: ResponseHead(status: 200))
        try rig.fail(.reset)
        #expect(begun.heard.status == 200 && begun.heard.error == .reset)
        rig.pass(.seconds(10))
        #expect(rig.tries == 1 && rig.isIdle)
    }

    @Test("A hint is no answer: the caller gets it, and the try that gave it may be followed by another")
    func hints() throws {
        let rig = UpstreamRig()
        let call = rig.call()
        try rig.last().handler.received(informational: ResponseHead(status: 103))
        try rig.fail(.reset)
        rig.pass()
        try rig.last().handler.received(informational: ResponseHead(status: 103))
        try rig.answer(503)
        #expect(call.heard.informational == [103, 103] && call.heard.status == 503)
        #expect(rig.tries == 2 && rig.isIdle)
        let held = rig.call()
        try rig.last().handler.received(informational: ResponseHead(status: 103))
        try rig.answer(503)
        #expect(held.heard.status == nil)
        rig.pass()
        try rig.answer(200)
        #expect(held.heard.informational == [103] && held.heard.status == 200)
    }

    @Test("A switch to another protocol is the last word, and settles the retry that brought it")
    func switching() throws {
        let rig = UpstreamRig()
        let call = try rig.call(.upgrade())
        try rig.fail(.connect("refused"))
        rig.pass()
        let tunnel = FakeTunnel()
        try rig.last().handler.received(switching: ResponseHead(status: 101), to: tunnel)
        #expect(call.heard.hasSwitched && call.heard.lateWords == 0 && !tunnel.isReset)
        #expect(rig.retries == [.success: 1] && rig.outcomes == [.connect: 1, .success: 1])
        #expect(rig.isIdle)
    }

    @Test(
        "What offers to switch is asked for again only where the upstream cannot have acted on it, or says so",
        arguments: [UpstreamError.reset, .malformed("half a head")]
    )
    func upgradeOnce(error: UpstreamError) throws {
        let rig = UpstreamRig()
        let sent = try rig.call(.upgrade())
        try rig.fail(error)
        rig.pass(.seconds(10))
        #expect(sent.heard.error == error && rig.tries == 1)
        let bad = try rig.call(.upgrade())
        try rig.answer(502)
        rig.pass(.seconds(10))
        #expect(bad.heard.status == 502 && rig.tries == 2)
        let refused = try rig.call(.upgrade())
        try rig.answer(503)
        rig.pass()
        #expect(refused.heard.status == nil && rig.tries == 4)
        refused.call.cancel()
        #expect(rig.isIdle)
    }

    @Test("A cancelled back-off ends there, and gives its place back")
    func cancelledWait() throws {
        let rig = UpstreamRig()
        let call = rig.call()
        try rig.fail(.reset)
        call.call.cancel()
        call.call.cancel()
        rig.pass(.seconds(10))
        #expect(rig.tries == 1 && call.heard.lateWords == 0 && !call.heard.isOver)
        #expect(rig.retries == [.cancelled: 1])
        #expect(rig.isIdle)
    }

    @Test("A cancelled retry, and a call cancelled while its answer is held, end their tries")
    func cancelledTry() throws {
        let rig = UpstreamRig()
        let retried = rig.call()
        try rig.fail(.reset)
        rig.pass()
        retried.call.cancel()
        #expect(try rig.last().isCancelled)
        let held = rig.call()
        try rig.last().handler.received(head: ResponseHead(status: 503))
        held.call.cancel()
        #expect(try rig.last().isCancelled)
        #expect(rig.retries == [.cancelled: 1])
        #expect(!retried.heard.isOver && !held.heard.isOver && rig.isIdle)
    }

    @Test("The budget bounds retries, and what it refuses fails as it would have")
    func budget() throws {
        let rig = UpstreamRig(retry: RetrySettings(budgetMin: 1))
        let calls = (0..<3).map { _ in rig.call() }
        for call in rig.transport.calls { call.handler.failed(.reset) }
        #expect(calls.map(\.heard.error) == [nil, .reset, .reset])
        #expect(rig.retries == [.overBudget: 2])
        rig.pass()
        #expect(rig.tries == 4)
        try rig.answer(200)
        #expect(rig.retries == [.overBudget: 2, .success: 1])
        _ = rig.call()
        try rig.fail(.reset)
        rig.pass()
        #expect(rig.tries == 6)
    }

    @Test("A call whose failure opens the breaker is not tried again, and keeps its own failure")
    func breakerOpens() throws {
        let rig = UpstreamRig(breaker: BreakerSettings(failures: 1))
        let call = rig.call()
        try rig.answer(503, body: "busy")
        #expect(call.heard.status == 503 && call.heard.text == "busy" && rig.tries == 1)
        #expect(rig.retries == [.breakerOpen: 1])
    }

    @Test("A retry that finds the breaker open says so")
    func breakerOpenMeanwhile() throws {
        let rig = UpstreamRig(breaker: BreakerSettings(failures: 2))
        let first = rig.call()
        let second = rig.call(post)
        rig.transport.calls[0].handler.failed(.reset)
        try rig.fail(.reset)
        #expect(second.heard.error == .reset)
        rig.pass()
        guard case .breakerOpen? = first.heard.error else { throw WireMismatch("\(first.heard)") }
        #expect(rig.tries == 2 && rig.retries == [.failure: 1] && rig.isIdle)
    }

    @Test("The tries share the call's total time")
    func total() throws {
        let rig = UpstreamRig()
        let timeouts = UpstreamTimeouts(total: .seconds(10))
        _ = rig.call(.test(timeouts: timeouts))
        rig.pass(.seconds(4))
        try rig.answer(503, ["Retry-After": "2"])
        rig.pass(.seconds(3))
        #expect(rig.tries == 2)
        let left = try rig.last().request.timeouts.total
        #expect(left <= .seconds(4) && left > .milliseconds(3800))
        let late = rig.call(.test(timeouts: timeouts))
        rig.pass(.seconds(9))
        try rig.answer(503, ["Retry-After": "2"])
        #expect(late.heard.status == 503 && rig.tries == 3)
        #expect(rig.retries == [.tooLong: 1])
    }

    @Test("A caller without patience has the answer at once")
    func patience() throws {
        let rig = UpstreamRig()
        let call = rig.call(post, patience: .zero)
        try rig.answer(503, ["Retry-After": "1"])
        #expect(call.heard.status == 503 && rig.tries == 1)
        #expect(call.heard.head?.fields.contains(.xShouldRetry) == false)
    }
}

extension UpstreamRequest.Body {
    /// Of a body that is whole.
    var text: String? {
        if case .whole(let bytes) = self { String(buffer: bytes) } else { nil }
    }
}
