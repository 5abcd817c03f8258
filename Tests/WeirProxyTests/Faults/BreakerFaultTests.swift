import NIOCore
import Testing
import WeirCache
import WeirTesting
import WeirUpstream

@testable import WeirProxy

/// Probes that hang, and upstreams that fail beside others that do not.
@Suite struct BreakerFaultTests {
    @Test("a probe that hangs fails in its own time and opens the breaker again; others are refused all along")
    func probeHangs() async throws {
        let routes = [
            RouteSettings(path: "/hang", upstream: "app", timeouts: UpstreamTimeouts(firstByte: .seconds(2))),
            RouteSettings(path: "/", upstream: "app"),
        ]
        try await withWeir(
            routes: routes,
            configure: {
                $0.upstreams[0].breaker = BreakerSettings(failures: 1, open: .milliseconds(20))
                $0.upstreams[0].retry.attempts = 1
            }
        ) { connection in
            while let request = try await connection.nextRequest() {
                switch request.target {
                case "/500": try await connection.respond(status: "500 Oh")
                case "/hang": return await connection.hang()
                default: try await connection.respond(body: "fine")
                }
            }
        } _: { weir in
            #expect(try await weir.request("GET", "/500").status == 500)
            try await weir.wait(for: "the time to be over") { $0.upstreams[0].breakers[.other]?.nextProbeSeconds == 0 }
            async let probe = weir.request("GET", "/hang")
            try await weir.origin.waitForRequests(count: 2)
            for _ in 0..<3 {
                let refused = try await weir.request()
                #expect(refused.status == 503 && refused["Retry-After"] == "1")
                #expect(try refused.error().code == "breaker_open")
            }
            #expect(weir.origin.requests.count == 2)
            #expect(await weir.proxy.snapshot().upstreams[0].breakers[.other]?.state == .halfOpen)
            #expect(try await probe.error().code == "upstream_first_byte_timeout")
            let breaker = await weir.proxy.snapshot().upstreams[0].breakers[.other]
            #expect(breaker?.state == .open && breaker?.transitions == 3)
            try await weir.wait(for: "the time to be over") { $0.upstreams[0].breakers[.other]?.nextProbeSeconds == 0 }
            #expect(try await weir.request().text == "fine")
            #expect(await weir.proxy.snapshot().upstreams[0].breakers[.other]?.state == .closed)
        }
    }

    /// What it does with a connection; nothing listens where there is none.
    private static let dead: [String: ScriptedOrigin.Script] = [
        "hangs": { connection in await connection.hang() }, "resets": resets,
    ]

    @Test(
        "an upstream that is dead, hangs or resets takes nothing from another",
        arguments: ["refuses", "hangs", "resets"]
    )
    func twoUpstreams(how: String) async throws {
        let count = 12
        let routes = [RouteSettings(path: "/a", upstream: "app"), RouteSettings(path: "/b", upstream: "other")]
        try await withTwoUpstreams(
            routes: routes,
            configure: {
                for index in 0..<2 { $0.upstreams[index].pool = PoolSettings(max: 4, pending: 4) }
                $0.upstreams[0].breaker = BreakerSettings(failures: 4, open: .minutes(1))
            },
            first: Self.dead[how],
            other: answering { _, connection in try await connection.respond(body: "fine") }
        ) { weir, other in
            var clients: [RawClient] = []
            for _ in 0..<count {
                let client = try await RawClient.connect(port: weir.port)
                try await client.send("GET /a HTTP/1.1\r\nHost: weir.test\r\n\r\n")
                clients.append(client)
            }
            if how == "hangs" {
                // Its pool is taken and its queue full.
                try await weir.wait(for: "the queue to be full") { $0.upstreams[0].count(.busy) == count - 8 }
            }
            for _ in 0..<20 { #expect(try await weir.request("GET", "/b").text == "fine") }
            let snapshot = await weir.proxy.snapshot()
            let (dead, alive) = (snapshot.upstreams[0], snapshot.upstreams[1])
            #expect(alive.count(.success) == 20 && alive.failures == 0)
            #expect(alive.breakers[.other]?.state == .closed)
            #expect(alive.gauges.pending == 0 && other.connectionCount == 1)
            if how == "hangs" {
                #expect(dead.gauges.active == 4 && dead.gauges.pending == 4 && dead.failures == 0)
                for client in clients { await client.close() }
                try await weir.wait(for: "the calls to be cancelled") {
                    $0.upstreams[0].gauges.active == 0 && $0.upstreams[0].gauges.pending == 0
                }
            } else {
                for client in clients {
                    let status = try await client.response().status
                    #expect(status == 502 || status == 503)
                    await client.close()
                }
                #expect(try await weir.request("GET", "/a").error().code == "breaker_open")
            }
            #expect(try await weir.request("GET", "/b").text == "fine")
        }
    }
}
