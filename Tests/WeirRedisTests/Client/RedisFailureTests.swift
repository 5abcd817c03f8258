import NIOCore
import Synchronization
import Testing
import WeirTesting
import WeirUpstream

@testable import WeirRedis

@Suite("A client of a server that fails")
struct RedisFailureTests {
    /// Gives up soon, and looks soon whether it is over.
    private func impatient(port: Int) -> RedisSettings {
        var settings = RedisSettings.patient(port: port)
        settings.timeout = .milliseconds(50)
        settings.stall = .seconds(60)
        settings.breaker = BreakerSettings(failures: 3, open: .milliseconds(100), openMax: .milliseconds(200))
        return settings
    }

    @Test("goes on without a server that is paused, and with it afterwards, on the same connection")
    func paused() async throws {
        try await withRedisServer { server in
            let log = LogLines()
            try await withClient(impatient(port: server.port), logger: log.logger) { client in
                try await client.untilAvailable()
                server.pause()
                for _ in 0..<3 { #expect(await client.failure(of: "GET", "key") == .timedOut) }
                #expect(!client.isAvailable)
                #expect(client.snapshot().breaker != .closed)
                for _ in 0..<100 { #expect(await client.failure(of: "GET", "key") == .unavailable) }
                // Probes of the client's own find it open still.
                try await client.until("a failed probe") { client.snapshot().nodes[0].breaker.transitions >= 3 }
                server.resume()
                try await client.untilAvailable()
                #expect(try await client.ask([RedisCommand("ECHO", ["late"])], timeout: .seconds(5)) == ["late"])
                #expect(client.snapshot().connects == 1)
                #expect(client.snapshot().timeouts == 3)
                #expect(
                    log.all.map { $0.prefix { $0 != "=" } } == [
                        "warning: Redis does not answer: going on without redis", "info: Redis answers again redis",
                    ]
                )
            }
        }
    }

    @Test("gives up a connection that stays silent")
    func stalled() async throws {
        try await withRedisServer { server in
            var settings = impatient(port: server.port)
            settings.stall = .milliseconds(200)
            settings.connectTimeout = .milliseconds(200)
            try await withClient(settings) { client in
                try await client.untilAvailable()
                server.pause()
                #expect(await client.failure(of: "GET", "key") == .timedOut)
                try await client.until("the end of the connection") { client.snapshot().disconnects == 1 }
                server.resume()
                try await client.untilAvailable()
                #expect(try await client.ask([RedisCommand("ECHO", ["late"])], timeout: .seconds(5)) == ["late"])
            }
        }
    }

    @Test("gives no late reply to another command")
    func late() async throws {
        try await withRedisServer(["--enable-debug-command", "yes"]) { server in
            try await withClient(.patient(port: server.port)) { client in
                try await client.untilAvailable()
                await #expect(throws: RedisError.timedOut) {
                    try await client.ask(
                        [RedisCommand("DEBUG", text: "SLEEP", "0.2"), RedisCommand("ECHO", ["abandoned"])],
                        timeout: .milliseconds(20)
                    )
                }
                #expect(try await client.ask("ECHO", "own") == "own")
                #expect(client.snapshot().connects == 1)
            }
        }
    }

    @Test("lets no more wait than it is told to")
    func full() async throws {
        try await withRedisServer { server in
            var settings = RedisSettings.patient(port: server.port)
            settings.pending = 3
            settings.pendingBytes = 1000
            try await withClient(settings) { client in
                try await client.untilAvailable()
                await #expect(throws: RedisError.full) {
                    try await client.ask((0..<4).map { _ in RedisCommand("PING", keyIndex: nil) })
                }
                #expect(await client.failure(of: "SET", "key", String(repeating: "x", count: 1000)) == .full)
                #expect(try await client.ask("SET", "key", String(repeating: "x", count: 500)) == .status("OK"))
                #expect(client.snapshot().failures == ["full": 2])
                #expect(client.isAvailable)
            }
        }
    }

    @Test("fails what waits when it is shut down, and everything after")
    func shutdown() async throws {
        try await withRedisServer { server in
            try await withClient(.patient(port: server.port)) { client in
                try await client.untilAvailable()
                server.pause()
                async let waiting = client.failure(of: "GET", "key")
                try await client.until("a command to be sent") { client.snapshot().commands == 1 }
                await client.shutdown()
                #expect(await waiting == .closed)
                #expect(await client.failure(of: "GET", "key") == .closed)
                #expect(client.snapshot().connections == RedisConnectionCounts())
                #expect(!client.isAvailable)
            }
        }
    }

    @Test("reads what a full server holds, and tells the error where it cannot write")
    func outOfMemory() async throws {
        try await withRedisServer(["--maxmemory", "3mb", "--maxmemory-policy", "noeviction"]) { server in
            try await withClient(.patient(port: server.port)) { client in
                try await client.untilAvailable()
                let value = String(repeating: "x", count: 400_000)
                var kinds: [Substring?] = []
                for index in 0..<20 { kinds.append(try await client.ask("SET", "key\(index)", value).errorKind) }
                #expect(kinds.first == .some(nil))
                #expect(kinds.suffix(8).allSatisfy { $0 == "OOM" })
                #expect(client.isAvailable)
                #expect(try await client.ask("STRLEN", "key0") == .integer(400_000))
            }
        }
    }

    @Test("leaves a server alone that is still loading", arguments: ["LOADING", "MASTERDOWN", "CLUSTERDOWN"])
    func loading(kind: String) async throws {
        let isReady = Mutex(false)
        let server = try await ScriptedRedis { text in
            if text.contains("SETNAME") { return "+OK\r\n" }
            return isReady.withLock { $0 } ? "+PONG\r\n" : "-\(kind) not now\r\n"
        }
        try await withClient(impatient(port: server.port)) { client in
            try await client.untilAvailable()
            for _ in 0..<3 { #expect(try await client.ask("GET", "key") == .error("\(kind) not now")) }
            #expect(await client.failure(of: "GET", "key") == .unavailable)
            isReady.withLock { $0 = true }
            try await client.untilAvailable()
            #expect(client.snapshot().errorReplies == 3)
        }
        await server.stop()
    }

    @Test(
        "closes the connection on what is no reply",
        arguments: ["HTTP/1.1 400 Bad Request\r\n\r\n", "$5x\r\nabcde\r\n", "*1\r\n%1\r\n", ">2\r\n+a\r\n+b\r\n"]
    )
    func garbage(reply: String) async throws {
        let server = try await ScriptedRedis { $0.contains("SETNAME") ? "+OK\r\n" : reply }
        try await withClient(.patient(port: server.port)) { client in
            try await client.untilAvailable()
            #expect(await client.failure(of: "GET", "key") == .protocolViolation)
            try await client.until("another connection") { client.snapshot().reconnects == 1 }
        }
        await server.stop()
    }

    @Test("closes the connection on a reply that nobody asked for")
    func unasked() async throws {
        let server = try await ScriptedRedis { $0.contains("SETNAME") ? "+OK\r\n" : "+one\r\n+two\r\n" }
        try await withClient(.patient(port: server.port)) { client in
            try await client.untilAvailable()
            #expect(try await client.ask("GET", "key") == .status("one"))
            try await client.until("another connection") { client.snapshot().reconnects >= 1 }
        }
        await server.stop()
    }

    @Test("takes no connection that talks ahead of its greeting")
    func ahead() async throws {
        let server = try await ScriptedRedis { _ in "+OK\r\n+OK\r\n" }
        try await withClient(.patient(port: server.port)) { client in
            try await client.until("a failed try") { client.snapshot().failedConnects >= 2 }
            #expect(client.snapshot().connects == 0)
        }
        await server.stop()
    }

    @Test("fails what waits when the server closes the connection")
    func closed() async throws {
        let server = try await ScriptedRedis { $0.contains("SETNAME") ? "+OK\r\n" : nil }
        try await withClient(.patient(port: server.port)) { client in
            try await client.untilAvailable()
            #expect(await client.failure(of: "GET", "key") == .closed)
        }
        await server.stop()
    }
}
