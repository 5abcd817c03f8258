import NIOCore
import Synchronization
import Testing
import WeirTesting

@testable import WeirRedis

@Suite("A subscription at a real server")
struct RedisSubscriptionTests {
    @Test("hears what is published, and is back after its connection was killed")
    func killed() async throws {
        try await withSubscription(["news"]) { server, _, listener in
            try await server.cli("PUBLISH", "news", "one")
            try await listener.next(.message("news", "one"))
            try await server.cli("CLIENT", "KILL", "TYPE", "pubsub")
            try await listener.next(.lost)
            try await listener.next(.subscribed)
            try await server.cli("PUBLISH", "news", "two")
            try await listener.next(.message("news", "two"))
        }
    }

    @Test("is lost within two heartbeats of a server that says nothing, and back when it does")
    func paused() async throws {
        try await withSubscription(["news"], heartbeat: .milliseconds(100)) { server, _, listener in
            server.pause()
            try await listener.next(.lost)
            server.resume()
            try await listener.next(.subscribed)
            try await server.cli("PUBLISH", "news", "one")
            try await listener.next(.message("news", "one"))
        }
    }

    @Test("lasts in silence")
    func silence() async throws {
        try await withSubscription(["news"], heartbeat: .milliseconds(10)) { server, _, listener in
            // A few heartbeats, as the server counts them: each is a PING.
            try await withTimeLimit(.seconds(10), "some PINGs") {
                while try await !server.cli("INFO", "commandstats").contains(/cmdstat_ping:calls=([5-9]|\d\d)/) {}
            }
            #expect(listener.rest == [])
        }
    }

    @Test("confirms further channels, thousands of them, and lets go of each with its last reference")
    func further() async throws {
        try await withSubscription(["news"]) { server, subscription, listener in
            let names = (0..<3000).map { "c\($0)" }
            #expect(try await subscription.listen(to: names) == names.count)
            #expect(try await subscription.listen(to: names) == names.count)
            for name in names { subscription.unsubscribe(name) }
            try await server.cli("PUBLISH", "c2999", "still")
            try await listener.next(.message("c2999", "still"))
            for name in names { subscription.unsubscribe(name) }
            // Behind all of those.
            #expect(try await subscription.listen(to: ["last"]) == 1)
            #expect(try await server.cli("PUBSUB", "CHANNELS").split(separator: "\n").sorted() == ["last", "news"])
            try await server.cli("CLIENT", "KILL", "TYPE", "pubsub")
            try await listener.next(.lost)
            try await listener.next(.subscribed)
            #expect(try await server.cli("PUBSUB", "CHANNELS").split(separator: "\n").sorted() == ["last", "news"])
        }
    }

    @Test("says so when it cannot listen to a further channel now")
    func refused() async throws {
        try await withSubscription(["news"]) { server, subscription, listener in
            await server.kill()
            try await listener.next(.lost)
            #expect(try await subscription.listen(to: ["x"]) == 0)
            try await server.restart()
            try await listener.next(.subscribed)
            try await server.cli("PUBLISH", "x", "one")
            try await listener.next(.message("x", "one"))
        }
    }

    private nonisolated(nonsending) func withSubscription(
        _ channels: [String],
        heartbeat: TimeAmount = .seconds(5),
        _ body: nonisolated(nonsending) (RedisServer, RedisSubscription, Listener) async throws -> Void
    ) async throws {
        try await withRedisServer { server in
            var settings = RedisSettings.patient(port: server.port)
            settings.heartbeat = heartbeat
            // A server that is paused takes connections, and says nothing on them.
            settings.connectTimeout = .milliseconds(500)
            try await withClient(settings) { client in
                let listener = Listener()
                let subscription = RedisSubscription(client: client, channels: channels, handler: listener)
                do {
                    try await listener.next(.subscribed)
                    try await body(server, subscription, listener)
                } catch {
                    await subscription.shutdown()
                    throw error
                }
                await subscription.shutdown()
            }
        }
    }
}

extension RedisSubscription {
    /// - Returns: how many of them are confirmed.
    fileprivate func listen(to channels: [String]) async throws -> Int {
        let answers = Watched<[Bool]>([])
        for channel in channels {
            subscribe(channel, on: eventLoop) { isHeard in answers.update { $0.append(isHeard) } }
        }
        let count = channels.count
        return try await answers.wait(for: "\(count) answers") { answers in
            answers.count == count ? answers.count { $0 } : nil
        }
    }
}
