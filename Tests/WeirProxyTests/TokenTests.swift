import NIOCore
import Testing
import WeirCache
import WeirHTTP
import WeirOpenAI
import WeirTesting
import WeirUpstream

@testable import WeirProxy

/// A route's `jwt`, over real sockets. The tokens are not signed: their keys are ``TokenReader``'s to try.
@Suite struct TokenTests {
    private static func routes(_ change: @escaping (inout TokenSettings) -> Void = { _ in }) -> [RouteSettings] {
        Chat.routes { route in
            var token = TokenSettings()
            change(&token)
            route.token = token
        }
    }

    /// With `{"alg":"HS256"}` for a header.
    private static func field(_ payload: String, name: String = "Authorization") -> String {
        "\(name): Bearer eyJhbGciOiJIUzI1NiJ9.\(payload).AAAA\r\n"
    }

    /// `{"sub":"ann"}`, `{"sub":"bob"}`, `{"sub":"ann","exp":1}`
    private static let ann = field("eyJzdWIiOiJhbm4ifQ")
    private static let bob = field("eyJzdWIiOiJib2IifQ")
    private static let old = field("eyJzdWIiOiJhbm4iLCJleHAiOjF9")

    @Test(
        "who has no good token gets a 401 that says why, on hits as well, and nothing goes upstream",
        arguments: [
            ("", "missing_token", "Bearer"), ("Authorization: Basic YTpi\r\n", "missing_token", "Bearer"),
            (
                "Authorization: Bearer x\r\n", "invalid_token",
                #"Bearer error="invalid_token", error_description="the token is no JWT""#
            ),
            (old, "invalid_token", #"Bearer error="invalid_token", error_description="the token has expired""#),
            (
                ann + bob, "invalid_token",
                #"Bearer error="invalid_token", error_description="there is more than one token""#
            ),
        ]
    )
    func refused(fields: String, code: String, challenge: String) async throws {
        try await withWeir(routes: Self.routes(), answer: Chat.answering) { weir in
            let first = try await weir.chat(fields: Self.ann)
            #expect(first.status == 200)
            #expect(try await weir.chat(fields: Self.ann).isHit)
            for path in [Chat.path, "/v1/files"] {
                let refusal = try await weir.chat(fields: fields, path: path)
                #expect(refusal.status == 401 && refusal["WWW-Authenticate"] == challenge)
                #expect(refusal["Cache-Control"] == "no-store")
                #expect(refusal.body.text.contains(#""code": "\#(code)""#))
                #expect(!refusal.body.text.contains("eyJ"))
            }
            #expect(weir.origin.requests.count == 1)
        }
    }

    @Test("where none is needed a good one is read, and a bad one refused still")
    func optional() async throws {
        try await withWeir(routes: Self.routes { $0.isRequired = false }, answer: Chat.answering) { weir in
            let first = try await weir.chat(fields: "")
            #expect(first.status == 200)
            #expect(try await weir.chat(fields: Self.old).status == 401)
        }
    }

    @Test("a browser's question whether it may ask needs none")
    func preflight() async throws {
        try await withWeir(routes: Self.routes(), answer: Chat.answering) { weir in
            let asks = "Origin: https://a.example\r\nAccess-Control-Request-Method: POST\r\n"
            let preflight = try await weir.request("OPTIONS", Chat.path, fields: asks, body: "")
            #expect(preflight.status == 200)
            #expect(try await weir.request("OPTIONS", Chat.path, body: "").status == 401)
            #expect(try await weir.request("POST", Chat.path, fields: asks, body: Chat.body).status == 401)
        }
    }

    @Test(
        "another spelling of the path is no way past the token",
        arguments: [
            "//private/x", "/%70rivate/x", "/private%2fx", "/private%2Fx", "/%2Fprivate/x", "//%70rivate//x",
            "/private",
            "/private/x", "/private?x",
        ]
    )
    func spellings(path: String) async throws {
        var gated = RouteSettings(path: "/private", upstream: "app")
        gated.token = TokenSettings()
        let routes = [gated, RouteSettings(path: "/", upstream: "app")]
        try await withWeir(routes: routes, answer: Chat.answering) { weir in
            let refusal = try await weir.request("GET", path)
            #expect(refusal.status == 401 && refusal["WWW-Authenticate"] == "Bearer")
            #expect(try await weir.request("GET", path, fields: Self.old).status == 401)
            #expect(weir.origin.requests.isEmpty)
            #expect(try await weir.request("GET", path, fields: Self.ann).status == 200)
            #expect(weir.origin.requests.map(\.target) == [path])
            for other in ["/", "/privat", "/privatex", "/x/private", "/%2570rivate"] {
                #expect(try await weir.request("GET", other).status == 200)
            }
        }
    }

    @Test("a host with a dot behind it is the same host")
    func dottedHost() async throws {
        var gated = RouteSettings(path: "/", host: "sec.test", upstream: "app")
        gated.token = TokenSettings()
        try await withWeir(routes: [gated, RouteSettings(path: "/", upstream: "app")], answer: Chat.answering) { weir in
            for host in ["sec.test", "sec.test.", "SEC.test.:80"] {
                try await withRawClient(port: weir.port) { client in
                    try await client.send("GET / HTTP/1.1\r\nHost: \(host)\r\n\r\n")
                    #expect(try await client.response().status == 401)
                }
            }
        }
    }

    @Test("tokens that stay here tell no tenants apart; their users are told by the claim")
    func shared() async throws {
        try await withWeir(routes: Self.routes(), answer: Chat.answering) { weir in
            let first = try await weir.chat(fields: Self.ann)
            #expect(first.isHit == false)
            #expect(try await weir.chat(fields: Self.bob + "X-User-Id: ann\r\n").isHit)
            #expect(weir.origin.requests.first?["Authorization"] == nil)
            #expect(weir.proxy.purge(.tags(["user:bob"])) == 0)
            #expect(weir.proxy.purge(.tags(["user:ann"])) == 1)
        }
    }

    @Test(
        "what an origin says to a token that it is shown is for that token alone, in mode: http as well",
        arguments: ["X-Token", "authorization"]
    )
    func forwardedToOrigins(header: String) async throws {
        var route = RouteSettings(path: "/", upstream: "app", cache: RouteCacheSettings(mode: .http))
        route.token = TokenSettings(header: header, isRequired: false, isForwarded: true)
        let ann = Self.field("eyJzdWIiOiJhbm4ifQ", name: header)
        let bob = Self.field("eyJzdWIiOiJib2IifQ", name: header)
        try await withWeir(routes: [route]) { request, connection in
            let body = request[header] == nil ? "nobody" : request[header]?.contains("bm4ifQ") == true ? "ann" : "bob"
            try await connection.respond(fields: "Cache-Control: max-age=60\r\n", body: body)
        } _: { weir in
            for (fields, expected) in [(ann, "ann"), (bob, "bob"), (ann, "ann"), (bob, "bob")] {
                let answer = try await weir.request("GET", "/", fields: fields)
                #expect(answer.text == expected)
            }
            let again = try await weir.request("GET", "/", fields: ann)
            #expect(again.isHit == (header == "X-Token"))
            #expect(try await weir.request("GET", "/").text == "nobody")
        }
    }

    @Test("tokens that go upstream keep tenants apart as any credential does")
    func forwarded() async throws {
        try await withWeir(routes: Self.routes { $0.isForwarded = true }, answer: Chat.answering) { weir in
            let first = try await weir.chat(fields: Self.ann)
            #expect(first.isHit == false)
            #expect(try await weir.chat(fields: Self.bob).isHit == false)
            #expect(try await weir.chat(fields: Self.ann).isHit)
            #expect(weir.origin.requests.allSatisfy { $0["Authorization"] != nil })
        }
    }

    @Test("with scope: user the claim says whose an answer is, and no field can")
    func scopeUser() async throws {
        var routes = Self.routes()
        routes[0].cache.scope = .user
        try await withWeir(routes: routes, answer: Chat.answering) { weir in
            let first = try await weir.chat(fields: Self.ann)
            #expect(first.isHit == false)
            #expect(try await weir.chat(fields: Self.bob + "X-User-Id: ann\r\n").isHit == false)
            #expect(try await weir.chat(fields: Self.ann + "X-User-Id: bob\r\n").isHit)
            #expect(weir.origin.requests.count == 2)
        }
    }

    @Test("a token of another field leaves the client's credential alone")
    func otherField() async throws {
        let routes = Self.routes { $0.header = "X-User-Token" }
        let token = Self.field("eyJzdWIiOiJhbm4ifQ", name: "X-User-Token")
        try await withWeir(routes: routes, answer: Chat.answering) { weir in
            let first = try await weir.chat(fields: token + "Authorization: Bearer a\r\n")
            #expect(first.isHit == false)
            #expect(try await weir.chat(fields: token + "Authorization: Bearer b\r\n").isHit == false)
            #expect(weir.origin.requests.map { $0["Authorization"] } == ["Bearer a", "Bearer b"])
            #expect(weir.origin.requests.allSatisfy { $0["X-User-Token"] == nil })
        }
    }
}
