import NIOCore
import Testing
import WeirTesting

@testable import WeirRedis

@Suite("Many commands at once")
struct RedisPipelineTests {
    @Test("are each answered with their own replies, on every event loop")
    func order() async throws {
        try await withRedisServer { server in
            var settings = RedisSettings.patient(port: server.port)
            settings.connections = 2
            try await withClient(settings, threads: 4) { client in
                try await client.until("all connections") { client.snapshot().connections.up == 8 }
                let loops = Array(client.group.makeIterator())
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for number in 0..<400 {
                        group.addTask {
                            let words = (0...(number % 7)).map { ByteBuffer(string: "\(number).\($0)") }
                            let commands = words.map { RedisCommand("ECHO", [$0]) }
                            let replies = try await client.ask(commands, on: loops[number % loops.count])
                            #expect(replies == words.map { .bulk($0) })
                        }
                    }
                    try await group.waitForAll()
                }
                let snapshot = client.snapshot()
                #expect(snapshot.latency.count == 400)
                #expect(snapshot.latency.buckets.reduce(0, +) == 400)
                #expect(snapshot.failures == [:])
            }
        }
    }

    @Test("go out together that are sent in one turn of the loop")
    func oneWrite() async throws {
        let reads = Watched<[String]>([])
        let server = try await ScriptedRedis { text in
            guard !text.contains("SETNAME") else { return "+OK\r\n" }
            reads.update { $0.append(text) }
            return String(repeating: "+OK\r\n", count: text.split(separator: "PING").count - 1)
        }
        try await withClient(.patient(port: server.port)) { client in
            try await client.untilAvailable()
            let answers = Watched(0)
            let loop = client.eventLoop
            loop.execute {
                for _ in 0..<10 {
                    client.send([.ping, .ping], on: loop) { result in
                        if (try? result.get())?.count == 2 { answers.update { $0 += 1 } }
                    }
                }
            }
            try await answers.wait(for: "ten answers") { $0 == 10 ? () : nil }
            #expect(reads.value == [String(repeating: "*1\r\n$4\r\nPING\r\n", count: 20)])
        }
        await server.stop()
    }

    @Test("may hold values of 8 MiB")
    func large() async throws {
        try await withRedisServer { server in
            try await withClient(.patient(port: server.port)) { client in
                try await client.untilAvailable()
                let value = ByteBuffer(bytes: patternBytes(count: 8 << 20))
                let replies = try await client.ask([
                    RedisCommand("SET", ["a", value]), RedisCommand("SET", ["b", value]),
                    RedisCommand("MGET", ["a", "b"]), RedisCommand("ECHO", ["end"]),
                ])
                #expect(replies == [.status("OK"), .status("OK"), .array([.bulk(value), .bulk(value)]), "end"])
            }
        }
    }

    @Test("larger than the settings allow to be read end the connection")
    func tooLarge() async throws {
        try await withRedisServer { server in
            var settings = RedisSettings.patient(port: server.port)
            settings.bulk = 1 << 20
            try await withClient(settings) { client in
                try await client.untilAvailable()
                try await server.cli("SETRANGE", "key", "\((1 << 20) - 1)", "x")
                #expect(try await client.ask("GETRANGE", "key", "0", "-1").length == 1 << 20)
                try await server.cli("APPEND", "key", "x")
                #expect(await client.failure(of: "GET", "key") == .protocolViolation)
                try await client.untilAvailable()
                #expect(try await client.ask("STRLEN", "key") == .integer(1 << 20 + 1))
            }
        }
    }

    @Test("may be sent from within a completion, and none is answered within a call of send")
    func reentrance() async throws {
        try await withRedisServer { server in
            try await withClient(.patient(port: server.port)) { client in
                try await client.untilAvailable()
                let events = Watched<[String]>([])
                let loop = client.eventLoop
                loop.execute {
                    func ask(_ number: Int) {
                        client.send([RedisCommand("ECHO", [ByteBuffer(string: "\(number)")])], on: loop) { result in
                            let text = "\((try? result.get()) == [.bulk(ByteBuffer(string: "\(number)"))])"
                            events.update { $0.append("answered \(number) \(text)") }
                            if number < 2 { ask(number + 1) }
                        }
                        events.update { $0.append("sent \(number)") }
                    }
                    ask(0)
                    // Nothing to do is no reason to be quicker.
                    client.send([], on: loop) { _ in events.update { $0.append("empty") } }
                    events.update { $0.append("returned") }
                }
                let found = try await events.wait(for: "all answers") { $0.count == 8 ? $0 : nil }
                #expect(Self.isInOrder(found))
            }
        }
    }

    private static func isInOrder(_ events: [String]) -> Bool {
        func place(_ event: String) -> Int { events.firstIndex(of: event) ?? .max }
        return place("sent 0") < place("returned") && place("returned") < place("empty")
            && place("returned") < place("answered 0 true") && place("answered 0 true") < place("sent 1")
            && place("sent 1") < place("answered 1 true") && place("answered 1 true") < place("sent 2")
            && place("sent 2") < place("answered 2 true")
    }
}

extension RedisReply {
    fileprivate var length: Int? {
        guard case .bulk(let value) = self else { return nil }
        return value.readableBytes
    }
}
