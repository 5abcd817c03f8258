import NIOCore
import Testing

@testable import WeirRedis

@Suite("What waits for replies")
struct PendingRepliesTests {
    private let start = NIODeadline.uptimeNanoseconds(1_000_000_000)
    private var pending = PendingReplies<String>(count: 4, bytes: 100, stall: .seconds(1))

    private func at(_ milliseconds: Int64) -> NIODeadline { start + .milliseconds(milliseconds) }

    private mutating func append(_ call: String, replies: Int = 1, bytes: Int = 10, deadline: Int64 = 10) {
        pending.append(call, replies: replies, bytes: bytes, deadline: at(deadline), now: start)
    }

    @Test("gets replies in the order of sending")
    mutating func order() {
        append("a", replies: 2)
        append("b")
        #expect(pending.received(.integer(1)) == nil)
        #expect(pending.received(.integer(2)) == Answer("a", [.integer(1), .integer(2)]))
        #expect(pending.received(.integer(3)) == Answer("b", [.integer(3)]))
        #expect(pending.count == 0 && pending.bytes == 0)
        guard case .unexpected = pending.received(.integer(4)) as PendingReplies<String>.Received else {
            Issue.record("nothing was asked")
            return
        }
    }

    @Test("is bounded by commands and by bytes, whoever has been told already")
    mutating func bounds() {
        append("a", replies: 3, bytes: 60)
        #expect(pending.admits(replies: 1, bytes: 40))
        #expect(!pending.admits(replies: 2, bytes: 1))
        #expect(!pending.admits(replies: 1, bytes: 41))
        #expect(pending.expire(now: at(10)).calls == ["a"])
        #expect(!pending.admits(replies: 2, bytes: 1))
        for _ in 0..<3 { #expect(pending.received(.null) == nil) }
        #expect(pending.admits(replies: 4, bytes: 100))
    }

    @Test("is abandoned when its time is over, and what follows still gets its own replies")
    mutating func abandoned() {
        append("a", replies: 2, deadline: 10)
        append("b", deadline: 20)
        #expect(pending.wakeAt == at(10))
        #expect(pending.expire(now: at(9)).calls == [])
        #expect(pending.wakeAt == at(10))
        #expect(pending.received(.integer(1)) == nil)
        #expect(pending.expire(now: at(10)).calls == ["a"])
        #expect(pending.wakeAt == at(20))
        #expect(pending.received(.integer(2)) == nil)
        #expect(pending.received(.integer(3)) == Answer("b", [.integer(3)]))
    }

    @Test("may be abandoned out of turn")
    mutating func outOfTurn() {
        append("a", deadline: 50)
        append("b", deadline: 5)
        #expect(pending.wakeAt == at(5))
        let expired = pending.expire(now: at(6))
        #expect(expired.calls == ["b"] && !expired.isStalled)
        #expect(pending.wakeAt == at(50))
        #expect(pending.received(.integer(1)) == Answer("a", [.integer(1)]))
        #expect(pending.received(.integer(2)) == nil)
        #expect(pending.count == 0)
    }

    @Test("is stalled when the oldest is abandoned and nothing has come for long")
    mutating func stalled() {
        append("a", deadline: 10)
        #expect(!pending.expire(now: at(10)).isStalled)
        #expect(pending.wakeAt == at(1000))
        pending.heard(now: at(500))
        #expect(!pending.expire(now: at(1000)).isStalled)
        #expect(pending.wakeAt == at(1500))
        #expect(pending.expire(now: at(1500)).isStalled)
    }

    @Test("is not stalled by a long time without anything to say")
    mutating func idle() {
        append("a")
        #expect(pending.received(.null) == Answer("a", [.null]))
        pending.append("b", replies: 1, bytes: 1, deadline: at(5010), now: at(5000))
        #expect(!pending.expire(now: at(5010)).isStalled)
    }

    @Test("is told at the connection's end, unless it has been told already")
    mutating func end() {
        append("a", deadline: 10)
        append("b", deadline: 20)
        append("c", deadline: 30)
        _ = pending.expire(now: at(10))
        #expect(pending.removeAll() == ["b", "c"])
        #expect(pending.count == 0 && pending.wakeAt == .distantFuture)
    }
}

private struct Answer: Equatable {
    var call: String
    var replies: [RedisReply]

    init(_ call: String, _ replies: [RedisReply]) {
        self.call = call
        self.replies = replies
    }
}

extension PendingReplies<String> {
    /// nil where more is to come, or nobody waits.
    fileprivate mutating func received(_ reply: RedisReply) -> Answer? {
        guard case .answered(let call, let replies) = received(reply) as Received else { return nil }
        return Answer(call, replies)
    }
}
