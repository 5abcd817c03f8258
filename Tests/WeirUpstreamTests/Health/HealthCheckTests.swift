import NIOCore
import Synchronization
import Testing
import WeirHTTP
import WeirTesting
import WeirUpstream

/// Checks over real connections.
@Suite(.timeLimit(.minutes(1))) struct HealthCheckTests {
    private static let settings = HealthSettings(
        path: "/healthz",
        interval: .milliseconds(5),
        timeout: .seconds(5),
        healthy: 1,
        unhealthy: 1
    )

    /// Answers checks with the status that it has now, and calls with its name.
    private final class Switchable: Sendable {
        private let status: Mutex<String>
        let name: String

        init(_ name: String, status: String = "200 OK") {
            self.name = name
            self.status = Mutex(status)
        }

        func set(_ status: String) { self.status.withLock { $0 = status } }

        func serve(_ connection: OriginConnection) async {
            // The test's end may break off a check.
            while let request = try? await connection.nextRequest() {
                let isCheck = request.target.hasSuffix("/healthz")
                try? await connection.respond(status: isCheck ? status.withLock { $0 } : "200 OK", body: name)
            }
        }
    }

    @Test("An address that fails its checks gets no calls until it passes them again")
    func unhealthy() async throws {
        let (a, b) = (Switchable("a", status: "503 Service Unavailable"), Switchable("b"))
        try await withScriptedOrigin(a.serve) { originA in
            try await withScriptedOrigin(b.serve) { originB in
                try await withBalancedTransport(ports: [originA.port, originB.port], health: Self.settings) {
                    upstream in
                    try await upstream.wait(for: [.unhealthy, .up])
                    let before = try await upstream.calls(4)
                    #expect(before == ["b", "b", "b", "b"])
                    let health = try #require(upstream.transport.addressSnapshots[0].health)
                    #expect(health.failed >= 1 && health.passed == 0 && health.lastFailure == "status 503")
                    a.set("204 No Content")
                    try await upstream.wait(for: [.up, .up])
                    let after = try await upstream.calls(2)
                    #expect(Set(after) == ["a", "b"])
                }
            }
        }
    }

    @Test("When all fail their checks, all get calls")
    func failOpen() async throws {
        let (a, b) = (Switchable("a", status: "500 Oh"), Switchable("b", status: "500 Oh"))
        try await withScriptedOrigin(a.serve) { originA in
            try await withScriptedOrigin(b.serve) { originB in
                try await withBalancedTransport(ports: [originA.port, originB.port], health: Self.settings) {
                    upstream in
                    try await upstream.wait(for: [.unhealthy, .unhealthy])
                    let heard = try await upstream.calls(2)
                    #expect(Set(heard) == ["a", "b"])
                }
            }
        }
    }

    @Test("A single address can be checked too; it gets calls whatever they say")
    func single() async throws {
        let a = Switchable("a", status: "500 Oh")
        try await withScriptedOrigin(a.serve) { origin in
            try await withBalancedTransport(ports: [origin.port], health: Self.settings) { upstream in
                try await upstream.wait(for: [.unhealthy])
                let heard = try await upstream.calls(2)
                #expect(heard == ["a", "a"])
            }
        }
    }

    @Test("A check is a GET behind the base path with the upstream's own fields, on a connection that is kept")
    func request() async throws {
        let a = Switchable("a")
        try await withScriptedOrigin(a.serve) { origin in
            try await withBalancedTransport(
                ports: [origin.port],
                basePath: "/base",
                health: Self.settings,
                headers: [(name: "Authorization", value: "Bearer x"), (name: "user-agent", value: "probe")]
            ) { _ in
                try await origin.waitForRequests(count: 3)
            }
            let check = origin.requests[0]
            #expect(check.method == "GET" && check.target == "/base/healthz")
            #expect(check.head.values("host") == ["127.0.0.1:\(origin.port)"])
            #expect(check["authorization"] == "Bearer x")
            #expect(check.head.values("user-agent") == ["probe"])
            #expect(origin.connectionCount == 1)
        }
    }

    @Test("A pool without a free place does not make an address unhealthy")
    func fullPool() async throws {
        let mayAnswer = Gate()
        try await withScriptedOrigin { connection in
            while let request = try? await connection.nextRequest() {
                if request.target == "/" { try await mayAnswer.wait() }
                try? await connection.respond()
            }
        } _: { origin in
            let pool = PoolSettings(max: 1, pending: 0)
            try await withBalancedTransport(ports: [origin.port], pool: pool, health: Self.settings) { upstream in
                let call = try await upstream.call()
                try await origin.waitForRequests(count: 5)
                let shown = upstream.transport.addressSnapshots[0]
                #expect(shown.state == .up && shown.health?.failed == 0)
                mayAnswer.open()
                _ = try await call.response()
            }
        }
    }

    @Test(
        "What fails a check is shown",
        arguments: [("silence", "timeout"), ("close", "reset"), ("junk", "status line")]
    )
    func failures(what: String, reason: String) async throws {
        try await withScriptedOrigin { connection in
            guard let _ = try? await connection.nextRequest() else { return }
            switch what {
            case "silence": try await connection.expectEnd()
            case "junk": try await connection.send("220 smtp ready\r\n\r\n")
            default: break
            }
        } _: { origin in
            var settings = Self.settings
            if what == "silence" { settings.timeout = .milliseconds(50) }
            try await withBalancedTransport(ports: [origin.port], health: settings) { upstream in
                try await upstream.wait(for: [.unhealthy])
                let shown = try #require(upstream.transport.addressSnapshots[0].health?.lastFailure)
                #expect(shown.contains(reason))
            }
        }
    }

    @Test("An endless body does not hold up the next check")
    func endless() async throws {
        try await withScriptedOrigin { connection in
            guard let _ = try? await connection.nextRequest() else { return }
            try await connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            let piece = String(repeating: "x", count: 8 << 10)
            // Until the peer closes, which a write sees sooner or later.
            while (try? await connection.send(chunk: piece)) != nil {}
        } _: { origin in
            try await withBalancedTransport(ports: [origin.port], health: Self.settings) { upstream in
                try await origin.waitForConnections(count: 3)
                let health = try #require(upstream.transport.addressSnapshots[0].health)
                #expect(health.passed >= 1 && health.failed == 0)
            }
        }
    }
}
