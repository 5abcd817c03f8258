import NIOCore
import Testing
import WeirHTTP
import WeirTesting

@testable import WeirUpstream

@Suite struct ExchangeMachineTests {
    private let clock = ManualClock()

    private func begun(
        _ method: RequestMethod = .get,
        body: UpstreamRequest.Body = .none,
        isReused: Bool = true,
        total: TimeAmount = .minutes(10)
    ) -> ExchangeMachine {
        var machine = ExchangeMachine()
        let request = UpstreamRequest(
            method: method,
            methodName: "\(method)".uppercased(),
            target: ByteBuffer(string: "/"),
            fields: [:],
            body: body,
            timeouts: UpstreamTimeouts(firstByte: .seconds(60), idle: .seconds(30))
        )
        machine.begin(request, isReused: isReused, totalDeadline: clock.now + total, now: clock.now)
        return machine
    }

    /// The request is out and flushed.
    private func sent(_ method: RequestMethod = .get, body: UpstreamRequest.Body = .none, isReused: Bool = true)
        -> ExchangeMachine
    {
        var machine = begun(method, body: body, isReused: isReused)
        machine.sentAll(now: clock.now)
        machine.flushed()
        return machine
    }

    @Test(
        "A connection is used again only behind a whole request and a persistent, delimited response",
        arguments: [
            (BodyFraming.length(3), true, true, true),
            (.chunked, true, true, true),
            (.none, true, true, true),
            (.untilClose, true, true, false),
            (.length(3), false, true, false),
            (.length(3), true, false, false),
        ]
    )
    func reuse(framing: BodyFraming, isPersistent: Bool, isClean: Bool, isReused: Bool) {
        var machine = sent()
        machine.receivedBytes(now: clock.now)
        machine.received(status: 200, framing: framing, isPersistent: isPersistent)
        #expect(machine.receivedEnd(isClean: isClean) == (isReused ? .reuse : .close))
    }

    @Test("An answer before the whole request closes the connection; an error ends the sending too")
    func earlyAnswer() {
        for (status, isSending) in [(200, true), (413, false)] as [(UInt16, Bool)] {
            var machine = begun(.post, body: .streamed(length: nil))
            machine.receivedBytes(now: clock.now)
            machine.received(status: status, framing: .length(0), isPersistent: true)
            #expect(machine.isSending == isSending)
            #expect(machine.receivedEnd(isClean: true) == .close)
        }
    }

    @Test(
        "Only a request that can be sent again goes out again, and only from a connection that was idle",
        arguments: [
            (RequestMethod.get, false, true, ExchangeMachine.Loss.retry),
            (.get, false, false, .fail),
            (.put, true, true, .retry),
            (.delete, false, true, .retry),
            (.post, true, true, .failIdle),
            (.post, true, false, .fail),
            (.patch, true, true, .failIdle),
            (.other, false, true, .failIdle),
        ]
    )
    func retry(method: RequestMethod, hasBody: Bool, isReused: Bool, loss: ExchangeMachine.Loss) {
        let machine = sent(method, body: hasBody ? .whole(ByteBuffer(string: "x")) : .none, isReused: isReused)
        #expect(machine.lost() == loss)
    }

    @Test("A streamed request does not go out again once it is flushed or a piece of it is gone")
    func streamedRetry() {
        var machine = begun(.post, body: .streamed(length: nil))
        #expect(machine.lost() == .retry)
        machine.sentPiece(now: clock.now)
        #expect(machine.lost() == .failIdle)
        machine = begun(.put, body: .streamed(length: 3))
        machine.flushed()
        #expect(machine.lost() == .failIdle)
        machine = begun(.put, body: .streamed(length: 3), isReused: false)
        machine.flushed()
        #expect(machine.lost() == .fail)
    }

    @Test("What could not be written at all goes out again, whatever its method")
    func unsentRetry() {
        var machine = begun(.post, body: .whole(ByteBuffer(string: "x")))
        machine.sentAll(now: clock.now)
        #expect(machine.lost() == .retry)
    }

    @Test("A response begun is not asked for again")
    func begunResponse() {
        var machine = sent()
        machine.receivedBytes(now: clock.now)
        #expect(machine.lost() == .fail)
    }

    @Test("First byte, then idle, each from the last thing that happened")
    func timeouts() {
        var machine = sent()
        #expect(machine.deadline == clock.now + .seconds(60))
        clock.advance(by: .seconds(59))
        #expect(machine.expired(now: clock.now) == nil)
        machine.receivedBytes(now: clock.now)
        #expect(machine.deadline == clock.now + .seconds(30))
        clock.advance(by: .seconds(30))
        #expect(machine.expired(now: clock.now) == .idleTimeout)
    }

    @Test("No byte in time is a timeout of its own")
    func firstByte() {
        let machine = sent()
        clock.advance(by: .seconds(60))
        #expect(machine.expired(now: clock.now) == .firstByteTimeout)
    }

    @Test("The whole has a limit whatever happens in it")
    func total() {
        var machine = begun(total: .seconds(70))
        machine.sentAll(now: clock.now)
        for _ in 0..<7 {
            #expect(machine.expired(now: clock.now) == nil)
            clock.advance(by: .seconds(10))
            machine.receivedBytes(now: clock.now)
        }
        #expect(machine.expired(now: clock.now) == .totalTimeout)
    }

    @Test("A client that sends or reads slowly is not the upstream's slowness")
    func othersSlowness() {
        var machine = begun(.post, body: .streamed(length: nil))
        let total = clock.now + .minutes(10)
        #expect(machine.deadline == total)
        machine.blocked(true, now: clock.now)
        #expect(machine.deadline == clock.now + .seconds(30))
        machine.blocked(false, now: clock.now)
        #expect(machine.deadline == total)
        machine.sentAll(now: clock.now)
        machine.receivedBytes(now: clock.now)
        machine.paused(true, now: clock.now)
        #expect(machine.deadline == total)
        clock.advance(by: .seconds(40))
        machine.paused(false, now: clock.now)
        #expect(machine.deadline == clock.now + .seconds(30))
    }

    @Test("An upstream that takes no more of the request is idle")
    func blockedRequest() {
        var machine = begun(.put, body: .whole(ByteBuffer(string: "x")))
        machine.blocked(true, now: clock.now)
        clock.advance(by: .seconds(30))
        #expect(machine.expired(now: clock.now) == .idleTimeout)
    }
}
