import NIOCore
import Testing
import WeirCache
import WeirTesting

@testable import WeirProxy

/// A reload changes the bounds on clients; what is counted against them goes on.
@Suite struct ReloadLimitTests {
    /// Two connections that are there before a reload to lower bounds, and what becomes of those that come after it.
    private nonisolated(nonsending) func expectTwoAtMost(
        code: String,
        lower: (inout ConnectionLimits) -> Void,
        raise: (inout ConnectionLimits) -> Void
    ) async throws {
        try await withWeir(workers: 2) { _, connection in
            try await connection.respond(body: "fine")
        } _: { weir in
            try await withRawClient(port: weir.port) { first in
                #expect(try await first.get("/").text == "fine")
                try await withRawClient(port: weir.port) { second in
                    #expect(try await second.get("/").text == "fine")
                    var settings = weir.proxy.settings
                    lower(&settings.limits)
                    try await weir.proxy.reload(settings)
                    let refused = try await weir.request()
                    #expect(refused.status == 503)
                    #expect(try refused.error().code == code)
                    // Nobody who is there is turned out.
                    #expect(try await first.get("/").text == "fine")
                    #expect(try await second.get("/").text == "fine")
                    try await weir.wait(for: "the refused connection to close") { $0.openConnections == 2 }
                    raise(&settings.limits)
                    try await weir.proxy.reload(settings)
                    #expect(try await weir.request().text == "fine")
                    try await weir.wait(for: "its end") { $0.openConnections == 2 }
                    lower(&settings.limits)
                    try await weir.proxy.reload(settings)
                }
                // One has left, so there is a place again.
                try await weir.wait(for: "one to leave") { $0.openConnections == 1 }
                #expect(try await weir.request().text == "fine")
            }
            #expect(await weir.proxy.snapshot().totals.connectionsRefused == 1)
        }
    }

    @Test("connections that were there before count against a lower limit")
    func connections() async throws {
        try await expectTwoAtMost(code: "too_many_connections") {
            $0.connections = 2
        } raise: {
            $0.connections = 3
        }
    }

    @Test("so do those of one address, though none had a limit of its own before")
    func connectionsPerAddress() async throws {
        try await expectTwoAtMost(code: "too_many_from_address") {
            $0.connectionsPerAddress = 2
        } raise: {
            $0.connectionsPerAddress = 3
        }
    }

    @Test("a connection that has carried more requests than it now may is closed by the next answer")
    func requestsPerConnection() async throws {
        try await withWeir { _, connection in
            try await connection.respond()
        } _: { weir in
            try await withRawClient(port: weir.port) { client in
                for _ in 0..<3 { #expect(try await client.get("/")["Connection"] == nil) }
                var settings = weir.proxy.settings
                settings.limits.requestsPerConnection = 2
                try await weir.proxy.reload(settings)
                #expect(try await client.get("/")["Connection"] == "close")
                #expect(try await client.expectEnd() == .closed)
            }
        }
    }

    @Test("what is held before a reload counts against the new limit of memory")
    func memory() async throws {
        let gate = Gate()
        let routes = [RouteSettings(path: "/", upstream: "app", cache: RouteCacheSettings(mode: .http))]
        try await withWeir(routes: routes, workers: 2) { request, connection in
            guard request.target == "/held" else { return try await connection.respond(body: "fine") }
            try await connection.send("HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nContent-Length: 100001\r\n\r\n")
            try await connection.send(bytes: patternBytes(count: 100_000))
            try await gate.wait()
            try await connection.send("x")
        } _: { weir in
            try await withRawClient(port: weir.port) { reader in
                try await reader.send("GET /held HTTP/1.1\r\nHost: a\r\n\r\n")
                try await weir.wait(for: "the flight to hold something") { $0.buffers.bytes >= 100_000 }
                var settings = weir.proxy.settings
                settings.limits.memory = 50_000
                try await weir.proxy.reload(settings)
                let during = await weir.proxy.snapshot().buffers
                #expect(during.capacityBytes == 50_000 && during.bytes >= 100_000)
                let refused = try await weir.request("GET", "/other")
                #expect(refused.status == 503)
                #expect(try refused.error().code == "memory_full")
                gate.open()
                #expect(try await reader.response().body.bytes.count == 100_001)
            }
            try await weir.wait(for: "the memory to be given back") { $0.buffers.bytes == 0 }
            #expect(try await weir.request("GET", "/other").text == "fine")
        }
    }
}
