import NIOCore
import Testing
import WeirCache
import WeirTesting
import WeirUpstream

@testable import WeirProxy

/// A route's own idea of what tells answers apart.
@Suite struct KeyTests {
    private static func routes(_ key: KeySettings) -> [RouteSettings] {
        HTTPCacheTests.routes(RouteCacheSettings(mode: .http, key: key))
    }

    @Test("parameters that do not count make no other answer, and go nowhere but past the cache")
    func query() async throws {
        try await withWeir(routes: Self.routes(KeySettings(query: .only(["page", "size"]), sortsQuery: true))) {
            request,
            connection in
            try await connection.respond(fields: FlightTests.cacheable, body: request.target)
        } _: { weir in
            for target in ["/a?page=1&size=2&utm=x", "/a?size=2&page=1", "/a?utm=%3Cscript%3E&size=2&page=1&x"] {
                #expect(try await weir.request("GET", target).text == "/a?page=1&size=2")
            }
            #expect(try await weir.request("GET", "/a?page=2&size=2").text == "/a?page=2&size=2")
            #expect(try await weir.request("GET", "/a?utm=1").text == "/a")
            #expect(try await weir.request("GET", "/a").text == "/a")
            #expect(weir.origin.requests.map(\.target) == ["/a?page=1&size=2", "/a?page=2&size=2", "/a"])
            // What is not shared goes up as it is.
            _ = try await weir.request("POST", "/a?utm=1", body: "x")
            #expect(weir.origin.requests.last?.target == "/a?utm=1")
        }
    }

    @Test("a field that a client has end here is no field that tells answers apart", arguments: ["key", "vary"])
    func namedAway(by what: String) async throws {
        let settings = KeySettings(headers: what == "key" ? ["X-Tenant"] : [])
        try await withWeir(routes: Self.routes(settings)) { request, connection in
            let vary = what == "vary" ? "Vary: X-Tenant\r\n" : ""
            try await connection.respond(fields: FlightTests.cacheable + vary, body: request["X-Tenant"] ?? "nobody")
        } _: { weir in
            let poison = try await weir.request(fields: "X-Tenant: victim\r\nConnection: X-Tenant\r\n")
            #expect(poison.text == "nobody" && poison["Cache-Status"] == "weir; fwd=request; detail=connection")
            #expect(try await weir.request(fields: "X-Tenant: victim\r\n").text == "victim")
            // What names nothing that is there does no harm.
            let hit = try await weir.request(fields: "X-Tenant: victim\r\nConnection: X-Other, keep-alive\r\n")
            #expect(hit.text == "victim" && hit["Cache-Status"] == "weir; hit; ttl=60")
        }
    }

    @Test("fields and cookies keep answers apart; a write to the URL drops them all")
    func fields() async throws {
        let settings = KeySettings(headers: ["X-Tenant"], cookies: ["currency"])
        try await withWeir(routes: Self.routes(settings), configure: { $0.cache.maxTags = 0 }) { request, connection in
            let body = (request["X-Tenant"] ?? "-") + (request["Cookie"] ?? "-")
            try await connection.respond(fields: FlightTests.cacheable, body: body)
        } _: { weir in
            let asked = [
                ("X-Tenant: a\r\n", "a-"), ("X-Tenant: b\r\n", "b-"), ("Cookie: currency=eur\r\n", "-currency=eur"),
                ("", "--"),
            ]
            for _ in 0..<2 {
                for (fields, text) in asked { #expect(try await weir.request(fields: fields).text == text) }
            }
            #expect(try await weir.request("GET", "/other", fields: "X-Tenant: a\r\n").text == "a-")
            #expect(weir.origin.requests.count == 5)
            #expect(try await weir.request("POST", "/", fields: "X-Tenant: a\r\n", body: "x").status == 200)
            for (fields, text) in asked {
                let response = try await weir.request(fields: fields)
                #expect(response.text == text && response["Cache-Status"] == "weir; fwd=uri-miss; stored")
            }
            let other = try await weir.request("GET", "/other", fields: "X-Tenant: a\r\n")
            #expect(other["Cache-Status"] == "weir; hit; ttl=60")
        }
    }
}
