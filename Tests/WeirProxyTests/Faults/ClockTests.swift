import NIOCore
import Testing
import WeirCache
import WeirHTTP
import WeirTesting
import WeirUpstream

@testable import WeirProxy

/// The wall clock is set: what counts time goes by the monotonic one, and only dates by the wall's.
@Suite struct ClockTests {
    private static let steps: [Int64] = [86_400 * 365, 86_400, 3_600, -3_600, -86_400, -86_400 * 365]

    @Test("freshness does not notice", arguments: steps)
    func freshness(seconds: Int64) async throws {
        try await withWeir(routes: HTTPCacheTests.routes) { request, connection in
            if request["If-None-Match"] != nil {
                return try await connection.send("HTTP/1.1 304 Not Modified\r\nETag: \"v\"\r\n\r\n")
            }
            // By the right time, which Weir has too at first.
            try await connection.respond(
                fields: "Cache-Control: max-age=60, stale-while-revalidate=0\r\nETag: \"v\"\r\n"
                    + "Date: Mon, 01 Jan 2024 00:00:00 GMT\r\nExpires: Mon, 01 Jan 2024 00:00:30 GMT\r\n",
                body: "hello"
            )
        } _: { weir in
            _ = try await weir.request()
            weir.clock.step(bySeconds: seconds)
            weir.clock.advance(by: .seconds(59))
            let hit = try await weir.request()
            #expect(hit["Cache-Status"] == "weir; hit; ttl=1" && hit["Age"] == "59")
            #expect(hit["Date"] == "Mon, 01 Jan 2024 00:00:00 GMT")
            weir.clock.step(bySeconds: -seconds)
            weir.clock.advance(by: .seconds(2))
            #expect(try await weir.request()["Cache-Status"] == "weir; fwd=stale; fwd-status=304")
            #expect(weir.origin.requests.count == 2)
        }
    }

    @Test("a lifetime of Expires and Date is their difference, by whatever clock the origin goes", arguments: steps)
    func expires(seconds: Int64) async throws {
        let date = UnixTime(seconds: 1_704_067_200 + seconds)
        try await withWeir(routes: HTTPCacheTests.routes) { _, connection in
            let expires = UnixTime(seconds: date.seconds + 3_600 * 24 * 400)
            try await connection.respond(
                fields: "Date: \(HTTPDate.string(date))\r\nExpires: \(HTTPDate.string(expires))\r\n",
                body: "hello"
            )
        } _: { weir in
            weir.clock.step(bySeconds: seconds)
            _ = try await weir.request()
            #expect(try await weir.request()["Cache-Status"] == "weir; hit; ttl=\(3_600 * 24 * 400)")
        }
    }

    @Test("deadlines and breakers do not notice; dates do", arguments: steps)
    func deadlines(seconds: Int64) async throws {
        let gate = Gate()
        try await withWeir(
            configure: {
                $0.upstreams[0].breaker = BreakerSettings(failures: 1, open: .minutes(1))
                $0.upstreams[0].retry.attempts = 1
                $0.limits.keepAlive = .seconds(5)
            }
        ) { request, connection in
            if request.target == "/slow" { try await gate.wait() }
            try await connection.respond(status: request.target == "/500" ? "500 Oh" : "200 OK", body: "hello")
        } _: { weir in
            let waiting = try await RawClient.connect(port: weir.port)
            try await waiting.send("GET /slow HTTP/1.1\r\nHost: weir.test\r\n\r\n")
            try await weir.origin.waitForRequests(count: 1)
            #expect(try await weir.request("GET", "/500").status == 500)
            weir.clock.step(bySeconds: seconds)
            // Another connection is idle for its time: by then all deadlines have been looked at.
            try await weir.pass(.seconds(5))
            let refused = try await weir.request()
            #expect(refused.status == 503 && (50...60).contains(Int(refused["Retry-After"] ?? "") ?? 0))
            let now = UnixTime(seconds: 1_704_067_200 + seconds + 5)
            #expect(refused["Date"] == HTTPDate.string(now))
            gate.open()
            #expect(try await waiting.response().text == "hello")
            await waiting.close()
        }
    }
}
