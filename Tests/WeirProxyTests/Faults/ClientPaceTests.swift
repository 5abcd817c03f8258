import NIOCore
import Testing
import WeirTesting
import WeirUpstream

@testable import WeirProxy

/// Clients that are slow, in front of an upstream that is not: nobody else notices.
@Suite struct ClientPaceTests {
    private static let routes = [
        RouteSettings(path: "/slow", upstream: "app", timeouts: UpstreamTimeouts(total: .milliseconds(200))),
        RouteSettings(path: "/", upstream: "app"),
    ]

    @Test("uploads that are not whole when their total time is over are 504, and nothing to the breaker")
    func slowUploads() async throws {
        try await withWeir(
            routes: Self.routes,
            configure: { $0.upstreams[0].breaker = BreakerSettings(failures: 2) },
            script: { connection in
                let head = try await connection.expectHead()
                guard head.startLine.hasPrefix("GET ") else { return _ = try await connection.wire.readToEnd() }
                try await connection.respond(body: "fine")
            }
        ) { weir in
            for _ in 0..<3 {
                try await withRawClient(port: weir.port) { client in
                    try await client.send("POST /slow HTTP/1.1\r\nHost: weir.test\r\nContent-Length: 9\r\n\r\npart")
                    let response = try await client.response(to: "POST")
                    #expect(response.status == 504)
                    #expect(try response.error().code == "upstream_total_timeout")
                }
            }
            let upstream = try #require(await weir.proxy.snapshot().upstreams.first)
            #expect(upstream.count(.totalTimeout) == 3)
            #expect(upstream.breakers[.other]?.state == .closed)
            #expect(upstream.breakers[.other]?.consecutiveFailures == 0)
            #expect(try await weir.request().text == "fine")
        }
    }

    @Test("an upstream that does not answer a whole upload in the total time fails, as ever")
    func slowUpstream() async throws {
        try await withWeir(
            routes: Self.routes,
            configure: { $0.upstreams[0].breaker = BreakerSettings(failures: 1) },
            script: { connection in
                _ = try await connection.nextRequest()
                await connection.hang()
            }
        ) { weir in
            let response = try await weir.request("POST", "/slow", body: "whole")
            #expect(try response.error().code == "upstream_total_timeout")
            #expect(await weir.proxy.snapshot().upstreams[0].breakers[.other]?.state == .open)
        }
    }

    @Test("a probe whose client stalls makes way for the next request, and the breaker does not open again")
    func stalledProbe() async throws {
        try await withWeir(
            configure: {
                $0.upstreams[0].breaker = BreakerSettings(failures: 1, open: .milliseconds(20))
                $0.upstreams[0].retry.attempts = 1
            },
            answer: { request, connection in
                let isBad = request.target == "/500"
                try await connection.respond(status: isBad ? "500 Oh" : "200 OK", body: "fine")
            }
        ) { weir in
            #expect(try await weir.request("GET", "/500").status == 500)
            try await weir.wait(for: "the time to be over") { $0.upstreams[0].breakers[.other]?.nextProbeSeconds == 0 }
            try await withRawClient(port: weir.port) { stalling in
                try await stalling.send("POST /u HTTP/1.1\r\nHost: weir.test\r\nContent-Length: 9\r\n\r\npart")
                try await weir.wait(for: "the probe") { $0.upstreams[0].breakers[.other]?.state == .halfOpen }
                #expect(try await weir.request().text == "fine")
                let breaker = await weir.proxy.snapshot().upstreams[0].breakers[.other]
                #expect(breaker?.state == .closed && breaker?.transitions == 3)
                // It goes on as any other call.
                try await stalling.send("whole")
                #expect(try await stalling.response(to: "POST").text == "fine")
            }
        }
    }
}
