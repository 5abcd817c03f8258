import NIOCore
import Testing
import WeirCache
import WeirHTTP
import WeirTesting

@testable import WeirProxy

/// What a 304 changes of what is stored, and for whom (RFC 9111 §3.2, §4.3.4).
@Suite struct HTTPCacheRevalidationTests {
    @Test(
        "a 304 that forbids sharing is for who asked alone, and ends the storing",
        arguments: ["Cache-Control: private, max-age=60", "Cache-Control: no-store", "Vary: *"]
    )
    func unshared(field: String) async throws {
        let gate = Gate()
        let begun = Gate()
        try await withWeir(routes: HTTPCacheTests.routes) { request, connection in
            guard let who = request["X-Who"] else {
                return try await connection.respond(
                    fields: "Cache-Control: max-age=60\r\nETag: \"v1\"\r\n",
                    body: "for all"
                )
            }
            // The first asks; those who wait for it have to ask for themselves.
            guard who == "1" else { return try await connection.respond(fields: "\(field)\r\n", body: "for \(who)") }
            begun.open()
            try await gate.wait()
            try await connection.send("HTTP/1.1 304 Not Modified\r\nETag: \"v1\"\r\n\(field)\r\n\r\n")
        } _: { weir in
            #expect(try await weir.request().text == "for all")
            weir.clock.advance(by: .seconds(61))
            async let first = weir.request(fields: "X-Who: 1\r\n")
            try await begun.wait()
            async let second = weir.request(fields: "X-Who: 2\r\n")
            async let third = weir.request(fields: "X-Who: 3\r\n")
            try await weir.waitForFollowers(2)
            gate.open()
            #expect(try await first.text == "for all")
            #expect(try await first["Cache-Status"] == "weir; fwd=stale; fwd-status=304")
            #expect(try await second.text == "for 2")
            #expect(try await third.text == "for 3")
            #expect(weir.proxy.store.statistics.entries == 0)
        }
    }

    @Test("a 304 may say that the response depends on a field: from then on it answers only who sends the same")
    func newlyVarying() async throws {
        try await withWeir(routes: HTTPCacheTests.routes) { request, connection in
            if request["If-None-Match"] != nil, request["X-Who"] == "1" {
                return try await connection.send("HTTP/1.1 304 Not Modified\r\nETag: \"v1\"\r\nVary: X-Who\r\n\r\n")
            }
            try await connection.respond(
                fields: "Cache-Control: max-age=60\r\nETag: \"v1\"\r\n",
                body: "for \(request["X-Who"] ?? "all")"
            )
        } _: { weir in
            #expect(try await weir.request().text == "for all")
            weir.clock.advance(by: .seconds(61))
            let validated = try await weir.request(fields: "X-Who: 1\r\n")
            #expect(validated.text == "for all" && validated["Vary"] == "X-Who")
            #expect(try await weir.request(fields: "X-Who: 1\r\n")["Cache-Status"] == "weir; hit; ttl=60")
            let other = try await weir.request(fields: "X-Who: 2\r\n")
            #expect(other.text == "for 2" && other["Cache-Status"] == "weir; fwd=vary-miss; stored")
        }
    }
}
