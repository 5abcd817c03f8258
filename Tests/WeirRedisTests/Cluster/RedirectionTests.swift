import NIOCore
import Testing

@testable import WeirRedis

@Suite("Commands that a cluster's node does not take")
struct RedirectionTests {
    private let asked = RedisEndpoint(host: "me", port: 7000)
    private let other = RedisEndpoint(host: "10.0.0.1", port: 7001)
    private let moved = RedisReply.error("MOVED 3999 10.0.0.1:7001")
    private let ask = RedisReply.error("ASK 3999 10.0.0.1:7001")
    private let tryAgain = RedisReply.error("TRYAGAIN Multiple keys request during rehashing of slot")

    @Test("are sent on to the node that is named")
    func redirections() {
        #expect(Redirection(moved, asked: asked) == .moved(HashSlot(number: 3999), other))
        #expect(Redirection(ask, asked: asked) == .ask(other))
        #expect(Redirection(tryAgain, asked: asked) == .tryAgain)
        let same = RedisEndpoint(host: "me", port: 7001)
        for text in ["ASK 1 :7001", "ASK 1 ?:7001"] { #expect(Redirection(.error(text), asked: asked) == .ask(same)) }
        #expect(Redirection(.error("ASK 1 ::1:7001"), asked: asked) == .ask(RedisEndpoint(host: "::1", port: 7001)))
    }

    @Test("are answered with the error where it makes no sense, and so is everything else")
    func others() {
        for text in [
            "MOVED", "MOVED 3999", "MOVED x h:1", "MOVED 16384 h:1", "MOVED 1 h", "MOVED 1 h:0", "MOVED 1 h:1 x",
            "ASK 1 h:x",
            "ERR MOVED 1 h:1", "CLUSTERDOWN Hash slot not served",
        ] {
            #expect(Redirection(.error(text), asked: asked) == nil)
        }
        #expect(Redirection("MOVED 1 h:1", asked: asked) == nil)
    }

    private func plan(
        _ replies: [RedisReply],
        round: [Int]? = nil,
        after redirections: Int = 0,
        wasAsking: Bool = false,
        left: TimeAmount = .seconds(1)
    ) -> RedirectionPlan {
        RedirectionPlan(
            round: round ?? Array(replies.indices),
            replies: replies,
            redirections: redirections,
            wasAsking: wasAsking,
            asked: asked,
            left: left
        )
    }

    @Test("go out once more without those that were answered")
    func plans() {
        #expect(plan([.status("OK"), .error("ERR no")]) == .done)
        #expect(plan([moved, moved]) == .again(commands: [0, 1], node: other, isAsking: false, after: .zero))
        #expect(plan(["x", ask, .null, ask]) == .again(commands: [1, 3], node: other, isAsking: true, after: .zero))
        // A second round: which commands it was about is the call's to know.
        #expect(
            plan(["x", moved], round: [2, 5]) == .again(commands: [5], node: other, isAsking: false, after: .zero)
        )
    }

    @Test("wait a little, and longer each time, where both nodes have a part of it")
    func pauses() {
        #expect(plan([tryAgain]) == .again(commands: [0], node: asked, isAsking: false, after: .milliseconds(1)))
        #expect(
            plan([tryAgain], after: 3, wasAsking: true)
                == .again(commands: [0], node: asked, isAsking: true, after: .milliseconds(8))
        )
    }

    @Test("are given up at once where they would wait for longer than there is time")
    func noTime() {
        #expect(plan([tryAgain], after: 3, left: .milliseconds(8)) == .misdirected)
        let again = RedirectionPlan.again(commands: [0], node: asked, isAsking: false, after: .milliseconds(8))
        #expect(plan([tryAgain], after: 3, left: .milliseconds(9)) == again)
        #expect(plan([ask], left: .zero) == .again(commands: [0], node: other, isAsking: true, after: .zero))
    }

    @Test("are given up after five times")
    func limit() {
        #expect(plan([moved], after: 4) == .again(commands: [0], node: other, isAsking: false, after: .zero))
        #expect(plan([moved], after: 5) == .misdirected)
        #expect(plan([.status("OK")], after: 5) == .done)
    }
}
