import NIOCore
import Testing
import WeirTesting

@testable import WeirRedis

@Suite("A client of one server")
struct RedisClientTests {
    @Test("answers each command of a batch in its place, whatever bytes they hold")
    func batch() async throws {
        try await withRedisServer { server in
            try await withClient(.patient(port: server.port)) { client in
                try await client.untilAvailable()
                let value = ByteBuffer(bytes: (0...255).map { UInt8($0) } + Array("\r\n$5\r\n".utf8))
                let key = ByteBuffer(string: "key\r\n\0")
                let replies = try await client.ask([
                    RedisCommand("SET", [key, value]), RedisCommand("GET", [key]), RedisCommand("STRLEN", [key]),
                    RedisCommand("GET", [ByteBuffer(string: "none")]), RedisCommand("LPOP", [key]),
                    RedisCommand("MGET", [key, ByteBuffer(string: "none")]),
                ])
                #expect(
                    replies == [
                        .status("OK"), .bulk(value), .integer(262), .null,
                        .error("WRONGTYPE Operation against a key holding the wrong kind of value"),
                        .array([.bulk(value), .null]),
                    ]
                )
            }
        }
    }

    @Test("runs a script that the server does not know yet, and then by its digest")
    func script() async throws {
        try await withRedisServer { server in
            try await withClient(.patient(port: server.port)) { client in
                try await client.untilAvailable()
                let script = RedisScript("return {KEYS[1], ARGV[1], redis.sha1hex('')}")
                for _ in 0..<2 {
                    let reply = try await client.run(script, keys: ["k"], arguments: ["a"])
                    #expect(
                        reply == .array(["k", "a", "da39a3ee5e6b4b0d3255bfef95601890afd80709"])
                    )
                }
                #expect(try await server.cli("SCRIPT", "EXISTS", script.digest) == "1")
                #expect(RedisScript("").digest == "da39a3ee5e6b4b0d3255bfef95601890afd80709")
                // EVALSHA, EVAL, EVALSHA.
                #expect(client.snapshot().commands == 3)
            }
        }
    }

    @Test("fails at once without a server, and takes commands when there is one")
    func unavailable() async throws {
        try await withRedisServer { server in
            try await withClient(.patient(port: server.port)) { client in
                try await client.untilAvailable()
                await server.kill()
                try await client.until("the end of the connection") { !client.isAvailable }
                #expect(await client.failure(of: "GET", "key") == .unavailable)
                try await server.restart()
                try await client.untilAvailable()
                #expect(try await client.ask("GET", "key") == .null)
                #expect(client.snapshot().reconnects == 1)
            }
        }
    }
}
