import Logging
import NIOCore
import Testing
import WeirTesting

@testable import WeirRedis

@Suite("How a client comes in")
struct RedisAccessTests {
    @Test("with the password, into the database, under its name")
    func password() async throws {
        try await withRedisServer(["--requirepass", "s3cret"]) { server in
            var settings = RedisSettings.patient(port: server.port)
            settings.password = "s3cret"
            settings.database = 3
            try await withClient(settings) { client in
                try await client.untilAvailable()
                #expect(try await client.ask("CLIENT", "GETNAME") == "weir")
                _ = try await client.ask("SET", "key", "1")
                #expect(try await server.cli("-a", "s3cret", "--no-auth-warning", "-n", "3", "GET", "key") == "1")
            }
        }
    }

    @Test("as a user of the ACL, who may lack the right to a name")
    func user() async throws {
        try await withRedisServer(["--user", "weir", "on", ">pw", "~w:*", "+get", "+set"]) { server in
            var settings = RedisSettings.patient(port: server.port)
            (settings.username, settings.password) = ("weir", "pw")
            try await withClient(settings) { client in
                try await client.untilAvailable()
                #expect(try await client.ask("SET", "w:key", "1") == .status("OK"))
                #expect(try await client.ask("SET", "key", "1").errorKind == "NOPERM")
            }
        }
    }

    @Test("what it has no right to is logged once, with what becomes of it, and is the last error")
    func noRight() async throws {
        let right = "+@all,-set,-subscribe".split(separator: ",").map(String.init)
        try await withRedisServer(["--user", "weir", "on", ">s3cret", "~*", "&*"] + right) { server in
            var settings = RedisSettings.patient(port: server.port)
            (settings.username, settings.password) = ("weir", "s3cret")
            let script = RedisScript("return redis.call('SET', KEYS[1], '1')")
            let consequences = [
                "SET": "nothing is set", "SUBSCRIBE": "nothing is heard", script.digest: "nothing is run",
            ]
            let log = LogLines()
            try await withClient(settings, logger: log.logger, consequences: consequences) { client in
                try await client.untilAvailable()
                for _ in 0..<3 {
                    #expect(try await client.ask("SET", "key", "1").errorKind == "NOPERM")
                    #expect(try await client.ask("GET", "key") == .null)
                    #expect(try await client.run(script, keys: ["key"], arguments: []).isRefusal)
                    #expect(try await client.ask("HGET", "s3cret").errorKind == "ERR")
                }
                #expect(client.snapshot().lastError == "HGET: ERR wrong number of arguments for 'hget' command")
                let subscription = RedisSubscription(client: client, channels: ["a"], handler: Listener())
                let refused = { @Sendable in log.all.filter { $0.contains("does not let") } }
                try await client.until("a line of the subscription") { refused().count == 3 }
                #expect(client.snapshot().lastError?.hasPrefix("SUBSCRIBE: NOPERM ") == true)
                await subscription.shutdown()
                for (line, (command, consequence)) in zip(
                    refused(),
                    [("SET", "nothing is set"), ("EVAL", "nothing is run"), ("SUBSCRIBE", "nothing is heard")]
                ) {
                    let begin = "warning: Redis does not let its user run a command: \(consequence) command=\(command)"
                    #expect(line.hasPrefix(begin))
                }
            }
        }
    }

    @Test(
        "not with what is wrong, which is logged once and without the secret",
        arguments: [
            (["--requirepass", "right"], "hunter2", 0, "WRONGPASS"), (["--requirepass", "right"], nil, 0, "NOAUTH"),
            ([], nil, 99, "ERR DB index is out of range"),
        ] as [([String], String?, Int, String)]
    )
    func refused(arguments: [String], password: String?, database: Int, reason: String) async throws {
        try await withRedisServer(arguments) { server in
            var settings = RedisSettings.patient(port: server.port)
            settings.password = password
            settings.database = database
            let log = LogLines()
            try await withClient(settings, logger: log.logger) { client in
                try await client.until("some tries") { client.snapshot().failedConnects >= 3 }
                #expect(await client.failure(of: "GET", "key") == .unavailable)
                #expect(!client.isAvailable)
                #expect(log.all.count == 1)
                #expect(log.all[0].hasPrefix("error: Redis refuses connections reason=\(reason)"))
                #expect(!log.all[0].contains("hunter2"))
            }
        }
    }

    @Test("when the server takes the password after all, which is logged")
    func accepted() async throws {
        try await withRedisServer(["--requirepass", "other"]) { server in
            var settings = RedisSettings.patient(port: server.port)
            settings.password = "right"
            let log = LogLines()
            try await withClient(settings, logger: log.logger) { client in
                try await client.until("a try") { client.snapshot().failedConnects >= 1 }
                try await server.cli("-a", "other", "--no-auth-warning", "CONFIG", "SET", "requirepass", "right")
                try await client.untilAvailable()
                try await client.until("a line of it") {
                    log.all.last?.hasPrefix("info: Redis takes connections again") == true
                }
            }
        }
    }

    @Test("over TLS, by a certificate of the right authority for the right name")
    func tls() async throws {
        try await withTLS { server, port, folder in
            for host in ["127.0.0.1", "localhost"] {
                let settings = settings(host: host, port: port, caFile: folder.path("ca.pem"))
                try await withClient(settings) { client in
                    try await client.untilAvailable()
                    let value = ByteBuffer(bytes: patternBytes(count: 1 << 20))
                    #expect(
                        try await client.ask([RedisCommand("SET", ["key", value]), RedisCommand("GET", ["key"])])
                            == [.status("OK"), .bulk(value)]
                    )
                    #expect(try await server.cli("STRLEN", "key") == "\(1 << 20)")
                }
            }
        }
    }

    @Test(
        "not over TLS to whom somebody else vouches for, or nobody for this name",
        arguments: ["stranger", "name", "plain"]
    )
    func untrusted(case: String) async throws {
        try await withTLS { server, port, folder in
            let log = LogLines()
            var settings = settings(
                host: `case` == "name" ? "127.0.0.2" : "localhost",
                port: `case` == "plain" ? server.port : port,
                caFile: folder.path(`case` == "stranger" ? "stranger.pem" : "ca.pem")
            )
            // Redis waits for more of what it takes for a command.
            if `case` == "plain" { settings.connectTimeout = .milliseconds(200) }
            try await withClient(settings, logger: log.logger) { client in
                try await client.until("two tries") { client.snapshot().failedConnects >= 2 }
                #expect(client.snapshot().connects == 0)
                #expect(log.all.count == 1)
                #expect(log.all.first?.hasPrefix("warning: Cannot connect to Redis reason=") == true)
            }
        }
    }

    private func settings(host: String, port: Int, caFile: String) -> RedisSettings {
        RedisSettings(
            place: .single(RedisEndpoint(host: host, port: port)),
            isSecure: true,
            caFile: caFile,
            connectTimeout: .seconds(5),
            timeout: .seconds(5)
        )
    }

    private nonisolated(nonsending) func withTLS(
        _ body: nonisolated(nonsending) (RedisServer, Int, TemporaryFolder) async throws -> Void
    ) async throws {
        let folder = try TemporaryFolder()
        try folder.write(TestCertificates.authority, to: "ca.pem")
        try folder.write(TestCertificates.stranger, to: "stranger.pem")
        try folder.write(TestCertificates.server, to: "cert.pem")
        try folder.write(TestCertificates.serverKey, to: "key.pem")
        let port = try await freeTestPort()
        let arguments = [
            "--tls-port", "\(port)", "--tls-cert-file", folder.path("cert.pem"), "--tls-key-file",
            folder.path("key.pem"),
            "--tls-ca-cert-file", folder.path("ca.pem"), "--tls-auth-clients", "no", "--bind", "127.0.0.1", "127.0.0.2",
        ]
        try await withRedisServer(arguments) { server in try await body(server, port, folder) }
    }
}
