import NIOCore
import Testing

@testable import WeirRedis

@Suite("Channels that are listened to")
struct SubscriptionMachineTests {
    private let start = NIODeadline.uptimeNanoseconds(1_000_000_000)

    private func at(_ milliseconds: Int64) -> NIODeadline { start + .milliseconds(milliseconds) }

    private func machine(_ channels: String...) -> SubscriptionMachine<String> {
        SubscriptionMachine(channels, heartbeat: .seconds(1))
    }

    private func confirm(_ channel: String) -> RedisReply {
        .array(["subscribe", .bulk(ByteBuffer(string: channel)), .integer(1)])
    }

    @Test("are subscribed to with each connection, and told of when all are confirmed")
    func connections() {
        var machine = machine("a", "b", "a")
        for _ in 0..<2 {
            #expect(Set(sent(machine.connected(now: start))) == ["SUBSCRIBE a b"])
            #expect(told(machine.received(confirm("b"), now: start)) == [])
            #expect(told(machine.received(.array(["message", "b", "early"]), now: start)) == ["message b early"])
            #expect(told(machine.received(confirm("a"), now: start)) == ["subscribed"])
            #expect(told(machine.disconnected()) == ["lost"])
            #expect(told(machine.disconnected()) == [])
        }
    }

    @Test("are not told of when the connection ends before")
    func early() {
        var machine = machine("a", "b")
        _ = machine.connected(now: start)
        #expect(told(machine.received(confirm("a"), now: start)) == [])
        #expect(told(machine.disconnected()) == [])
    }

    @Test("come and go by reference")
    func references() {
        var machine = machine("a")
        _ = machine.connected(now: start)
        _ = machine.received(confirm("a"), now: start)
        #expect(sent(machine.subscribe("x", "first")) == ["SUBSCRIBE x"])
        #expect(told(machine.subscribe("x", "second")) == [])
        #expect(told(machine.received(confirm("x"), now: start)) == ["first true", "second true"])
        #expect(told(machine.subscribe("x", "third")) == ["third true"])
        #expect(told(machine.unsubscribe("x")) == [])
        #expect(told(machine.unsubscribe("x")) == [])
        #expect(sent(machine.unsubscribe("x")) == ["UNSUBSCRIBE x"])
        #expect(told(machine.unsubscribe("x")) == [])
        #expect(told(machine.received(.array(["unsubscribe", "x", .integer(1)]), now: start)) == [])
    }

    @Test("that go and come again are confirmed by the last reply alone")
    func again() {
        var machine = machine()
        _ = machine.connected(now: start)
        _ = machine.subscribe("x", "first")
        #expect(told(machine.unsubscribe("x")) == ["first false", "send UNSUBSCRIBE x"])
        #expect(sent(machine.subscribe("x", "second")) == ["SUBSCRIBE x"])
        #expect(told(machine.received(confirm("x"), now: start)) == [])
        #expect(told(machine.received(confirm("x"), now: start)) == ["second true"])
    }

    @Test("are refused without a connection, and subscribed to with the next")
    func disconnected() {
        var machine = machine("a")
        #expect(told(machine.subscribe("x", "first")) == ["first false"])
        _ = machine.connected(now: start)
        #expect(told(machine.received(confirm("a"), now: start)) == [])
        #expect(told(machine.subscribe("x", "second")) == [])
        #expect(told(machine.disconnected()) == ["second false"])
        _ = machine.connected(now: start)
        _ = machine.received(confirm("x"), now: start)
        #expect(told(machine.received(confirm("a"), now: start)) == ["subscribed"])
        #expect(told(machine.subscribe("x", "third")) == ["third true"])
    }

    @Test("that are let go of hold up nobody")
    func letGo() {
        var machine = machine("a")
        _ = machine.subscribe("x", "first")
        _ = machine.connected(now: start)
        _ = machine.received(confirm("a"), now: start)
        #expect(told(machine.unsubscribe("x")) == ["send UNSUBSCRIBE x", "subscribed"])
        #expect(told(machine.received(confirm("x"), now: start)) == [])
    }

    @Test("are subscribed to in commands of bounded length")
    func batches() {
        var machine = SubscriptionMachine<String>((0..<1100).map { "c\($0)" }, heartbeat: .seconds(1))
        let counts = sent(machine.connected(now: start)).map { $0.split(separator: " ").count - 1 }
        #expect(counts == [512, 512, 76])
    }

    @Test("are lost when a connection that is silent does not answer a PING")
    func heartbeat() {
        var machine = machine("a")
        _ = machine.connected(now: start)
        _ = machine.received(confirm("a"), now: start)
        #expect(told(machine.tick(now: at(999))) == [])
        #expect(told(machine.tick(now: at(1000))) == ["send PING"])
        #expect(told(machine.tick(now: at(1500))) == [])
        #expect(told(machine.received(.array(["pong", ""]), now: at(1600))) == [])
        #expect(told(machine.tick(now: at(2599))) == [])
        #expect(told(machine.tick(now: at(2600))) == ["send PING"])
        // Whatever comes is a sign of life.
        #expect(told(machine.received(.array(["message", "a", "m"]), now: at(3500))) == ["message a m"])
        #expect(told(machine.tick(now: at(4500))) == ["send PING"])
        #expect(told(machine.tick(now: at(5499))) == [])
        #expect(told(machine.tick(now: at(5500))) == ["close"])
    }

    @Test("end with a connection that says what makes no sense")
    func senseless() {
        for reply in [
            RedisReply.error("NOPERM channel"), .integer(1), .null, .array([]), .array(["message", "a"]),
            .array(["message", .null, "x"]), .array(["subscribe", "unasked", .integer(1)]),
            .array(["other", "a", .integer(1)]),
        ] {
            var machine = machine("a")
            _ = machine.connected(now: start)
            #expect(told(machine.received(reply, now: start)) == ["close"])
        }
    }

    private func told(_ actions: [SubscriptionMachine<String>.Action]) -> [String] {
        actions.map { action in
            switch action {
            case .send(let command): "send " + text(command)
            case .tell(let waiter, let isHeard): "\(waiter) \(isHeard)"
            case .subscribed: "subscribed"
            case .message(let channel, let message): "message \(channel) \(String(buffer: message))"
            case .lost: "lost"
            case .close: "close"
            }
        }
    }

    private func sent(_ actions: [SubscriptionMachine<String>.Action]) -> [String] {
        actions.compactMap { action in
            guard case .send(let command) = action else { return nil }
            return text(command)
        }
    }

    private func text(_ command: RedisCommand) -> String {
        ([command.name] + command.arguments.map { String(buffer: $0) }.sorted()).joined(separator: " ")
    }
}
