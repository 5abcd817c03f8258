import NIOCore
import Testing
import WeirHTTP
import WeirTesting

@testable import WeirUpstream

/// Streamed request bodies of calls that take several tries, and the pace of both sides.
@Suite struct ReplayTests {
    private let put = UpstreamRequest.test(.put, body: .streamed(length: nil))

    private func send(_ call: UpstreamRig.Call, _ text: String) { call.call.send(body: ByteBuffer(string: text)) }

    @Test("Every try gets the whole body: what was sent before, meanwhile and afterwards")
    func replayed() throws {
        let rig = UpstreamRig()
        let call = rig.call(put)
        send(call, "be")
        try rig.fail(.connect("refused"))
        #expect(call.heard.waits == 1)
        send(call, "fo")
        rig.pass()
        #expect(try String(buffer: rig.last().sent) == "befo" && rig.last().isEnded == false)
        send(call, "re")
        call.call.sendEnd()
        #expect(try String(buffer: rig.last().sent) == "before" && rig.last().isEnded)
        try rig.answer(200)
        #expect(call.heard.status == 200)
    }

    @Test("A body that ended before is ended again")
    func ended() throws {
        let rig = UpstreamRig()
        let call = rig.call(put)
        send(call, "all")
        call.call.sendEnd()
        try rig.answer(503)
        #expect(call.heard.waits == 0)
        rig.pass()
        #expect(try String(buffer: rig.last().sent) == "all" && rig.last().isEnded)
    }

    @Test("A body that has outgrown its bound is not sent again")
    func outgrown() throws {
        let rig = UpstreamRig(retry: RetrySettings(maxBody: 4))
        let within = rig.call(put)
        send(within, "four")
        try rig.fail(.reset)
        #expect(!within.heard.isOver)
        rig.pass()
        try rig.answer(200)
        let beyond = rig.call(put)
        send(beyond, "four")
        send(beyond, "5")
        try rig.fail(.reset)
        #expect(beyond.heard.error == .reset)
        #expect(rig.retries == [.success: 1, .bodyGone: 1])
    }

    @Test("Once an answer has begun, the rest of the body is passed on and not kept")
    func earlyAnswer() throws {
        let rig = UpstreamRig()
        let call = rig.call(put)
        send(call, "one")
        try rig.last().handler.received(head: ResponseHead(status: 200))
        send(call, "two")
        #expect(try String(buffer: rig.last().sent) == "onetwo")
        try rig.last().handler.requestBodyWanted(false)
        try rig.last().handler.requestBodyWanted(true)
        #expect(call.heard.waits == 1)
    }

    @Test("The caller is told to wait once, and to go on when the next try takes more")
    func pace() throws {
        let rig = UpstreamRig()
        let call = rig.call(put)
        try rig.last().handler.requestBodyWanted(false)
        #expect(call.heard.waits == 1)
        try rig.fail(.connect("refused"))
        #expect(call.heard.waits == 1)
        rig.pass()
        // The next try takes more from the start, so that another wait is news.
        try rig.last().handler.requestBodyWanted(false)
        #expect(call.heard.waits == 2)
    }

    @Test("A caller that does not read now does not read the next try either")
    func paused() throws {
        let rig = UpstreamRig()
        let call = rig.call()
        call.call.setReading(false)
        #expect(try !rig.last().isReading)
        try rig.fail(.reset)
        rig.pass()
        #expect(try !rig.last().isReading)
        call.call.setReading(true)
        #expect(try rig.last().isReading)
    }
}
