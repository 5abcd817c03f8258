import NIOCore
import Testing
import WeirHTTP
import WeirTesting

@testable import WeirUpstream

/// Calls that wait out a `Retry-After`, and the budget.
@Suite struct RetryWaitTests {
    private let post = UpstreamRequest.test(.post, body: .whole(ByteBuffer(string: "body")))

    @Test("Who waits for Retry-After leaves the budget to others, and asks it when the time is over")
    func waitsWithoutBudget() throws {
        let rig = UpstreamRig(retry: RetrySettings(budgetMin: 1))
        let waiting = rig.call(post)
        try rig.answer(503, ["Retry-After": "5"], body: "later")
        let blip = rig.call(post)
        try rig.answer(503)
        rig.pass()
        try rig.answer(200, body: "good")
        #expect(blip.heard.status == 200 && waiting.heard.head == nil)
        rig.pass(.seconds(6))
        #expect(rig.tries == 4)
        try rig.answer(200, body: "good")
        #expect(waiting.heard.status == 200 && waiting.heard.text == "good")
        #expect(rig.retries == [.success: 2] && rig.isIdle)
    }

    @Test("Who has waited and finds the budget spent passes the answer that it waited with")
    func waitedInVain() throws {
        let rig = UpstreamRig(retry: RetrySettings(budgetMin: 1))
        let waiting = rig.call(post)
        try rig.answer(503, ["Retry-After": "5"], body: "later")
        rig.pass(.milliseconds(4_999))
        let other = rig.call()
        try rig.fail(.reset)
        rig.pass(.milliseconds(101))
        #expect(rig.tries == 3 && !other.heard.isOver)
        #expect(waiting.heard.status == 503 && waiting.heard.text == "later" && waiting.heard.trailers != nil)
        #expect(waiting.heard.head?.fields == ["Retry-After": "5"])
        #expect(rig.retries == [.overBudget: 1])
        try rig.answer(200)
        #expect(other.heard.status == 200 && rig.isIdle)
    }

    @Test("Who has waited and finds the breaker open passes the answer that it waited with")
    func waitedForBreaker() throws {
        let rig = UpstreamRig(breaker: BreakerSettings(failures: 2))
        let waiting = rig.call(post)
        try rig.answer(503, ["Retry-After": "5"], body: "later")
        rig.pass(.seconds(4))
        _ = rig.call()
        try rig.fail(.firstByteTimeout)
        #expect(waiting.heard.head == nil)
        rig.pass(.seconds(2))
        #expect(waiting.heard.status == 503 && waiting.heard.text == "later")
        #expect(rig.tries == 2 && rig.retries == [.breakerOpen: 1] && rig.isIdle)
    }

    @Test("Those who wait for Retry-After are bounded themselves, and one who leaves makes room")
    func boundedWaits() throws {
        let rig = UpstreamRig(retry: RetrySettings(budgetMin: 1))
        let first = rig.call(post)
        try rig.answer(503, ["Retry-After": "5"])
        let second = rig.call(post)
        try rig.answer(503, ["Retry-After": "5"])
        #expect(first.heard.head == nil && second.heard.status == 503)
        #expect(rig.retries == [.overBudget: 1])
        first.call.cancel()
        #expect(rig.isIdle && rig.retries == [.overBudget: 1, .cancelled: 1])
        let third = rig.call(post)
        try rig.answer(503, ["Retry-After": "5"])
        #expect(third.heard.head == nil)
        third.call.cancel()
    }

    @Test("An answer too large to be kept is not waited behind")
    func largeAnswer() throws {
        let rig = UpstreamRig()
        let call = rig.call()
        let handler = try rig.last().handler
        handler.received(head: ResponseHead(status: 503, fields: ["Retry-After": "1"]))
        handler.received(body: ByteBuffer(repeating: 0x61, count: HeldAnswer.limit + 1))
        #expect(call.heard.status == 503)
        handler.receivedEnd(trailers: [:])
        #expect(call.heard.bodyCount == HeldAnswer.limit + 1)
        #expect(rig.tries == 1 && rig.retries == [.tooLong: 1] && rig.isIdle)
    }
}
