import NIOCore
import Testing
import WeirCache
import WeirHTTP
import WeirOpenAI
import WeirTesting
import WeirUpstream

@testable import WeirProxy

/// Whatever an upstream is told of one client alone is in the key of his answer, or is not told.
@Suite("Tenants in keys")
struct TenantKeyTests {
    /// An upstream that goes by everything it is told: an answer that is another client's is seen by its text.
    private static func revealing(_ names: String...) -> Answer {
        { request, connection in
            let told = names.map { request.head.values($0).joined(separator: "+") }.joined(separator: "/")
            try await connection.respond(
                fields: "Content-Type: application/json\r\n",
                body: Chat.answer(told.isEmpty ? "nobody" : told)
            )
        }
    }

    private static let shaping = [
        "OpenAI-Beta", "anthropic-beta", "anthropic-version", "Accept-Language", "X-Tenant-Id",
    ]

    @Test("fields that shape an answer are in its key", arguments: shaping)
    func shapingFields(name: String) async throws {
        let routes = Chat.routes { $0.cache.key.headers = ["X-Tenant-Id"] }
        try await withWeir(routes: routes, answer: Self.revealing(name)) { weir in
            let credential = "Authorization: Bearer a\r\n"
            let variants = [
                "", "\(name): one\r\n", "\(name.lowercased()): two\r\n", "\(name): one\r\n\(name): two\r\n",
            ]
            let texts = ["nobody", "one", "two", "one+two"]
            for isHit in [false, true] {
                for (fields, text) in zip(variants, texts) {
                    let own = try await weir.chat(fields: credential + fields)
                    #expect(own.isHit == isHit && own.text == Chat.answer(text))
                }
            }
        }
    }

    @Test(
        "cookies that are the only credential tell clients apart",
        arguments: [RouteCacheSettings.Scope.credential, .user]
    )
    func cookies(scope: RouteCacheSettings.Scope) async throws {
        try await withWeir(routes: Chat.routes { $0.cache.scope = scope }, answer: Self.revealing("Cookie")) { weir in
            let user = "X-User-Id: u\r\n"
            for isHit in [false, true] {
                for name in ["alice", "bob"] {
                    let own = try await weir.chat(fields: user + "Cookie: session=\(name)\r\n")
                    #expect(own.isHit == isHit && own.text == Chat.answer("session=\(name)"))
                }
                let nobody = try await weir.chat(fields: user)
                #expect(nobody.isHit == isHit && nobody.text == Chat.answer("nobody"))
            }
        }
    }

    @Test(
        "beside a credential cookies tell nobody apart, and go upstream with no call that is shared",
        arguments: [true, false]
    )
    func cookiesBesides(isWeirs: Bool) async throws {
        try await withWeir(
            routes: Chat.routes(),
            configure: { if isWeirs { $0.upstreams[0].headers = [("X-Provider-Token", "weir")] } },
            answer: Self.revealing("Cookie")
        ) { weir in
            let credential = isWeirs ? "" : "Authorization: Bearer a\r\n"
            let first = try await weir.chat(fields: credential + "Cookie: session=alice\r\n")
            let second = try await weir.chat(fields: credential + "Cookie: session=bob\r\n")
            #expect(!first.isHit && second.isHit)
            #expect(first.text == Chat.answer("nobody") && second.text == Chat.answer("nobody"))
            // His own call takes his own cookies.
            let alone = try await weir.chat(fields: credential + "Cookie: session=bob\r\nCache-Control: no-store\r\n")
            #expect(alone.text == Chat.answer("session=bob"))
        }
    }

    @Test(
        "a user who is told to the upstream is in the key; one who is not does not split it",
        arguments: [true, false]
    )
    func forwardedUser(isForwarded: Bool) async throws {
        let routes = Chat.routes { $0.forwardPersona = isForwarded }
        try await withWeir(
            routes: routes,
            configure: { $0.persona.user.header = "X-Session-User" },
            answer: Self.revealing("X-Session-User", "X-Persona-Learning-Style")
        ) { weir in
            let fields = "Authorization: Bearer a\r\nX-Persona-Learning-Style: visual\r\n"
            let alice = try await weir.chat(fields: fields + "X-Session-User: alice\r\n")
            let bob = try await weir.chat(fields: fields + "X-Session-User: bob\r\n")
            #expect(!alice.isHit && bob.isHit == !isForwarded)
            #expect(alice.text == Chat.answer(isForwarded ? "alice/visual" : "/"))
            #expect(bob.text == Chat.answer(isForwarded ? "bob/visual" : "/"))
        }
    }

    @Test("a shared call tells the upstream nothing of where its client is; a call of one's own does")
    func address() async throws {
        try await withWeir(routes: Chat.routes(), answer: Chat.answering) { weir in
            _ = try await weir.chat(fields: "X-Forwarded-For: 203.0.113.7\r\n")
            _ = try await weir.chat(fields: "Cache-Control: no-store\r\n")
            for name in ["X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto"] {
                #expect(weir.origin.requests[0][name] == nil)
                #expect(weir.origin.requests[1].head.values(name).count == 1)
            }
            #expect(weir.origin.requests[1]["X-Forwarded-For"] == "127.0.0.1")
        }
    }

    @Test("a host that the client's Host chooses is in the key")
    func preservedHost() async throws {
        try await withWeir(
            routes: Chat.routes(),
            configure: { $0.upstreams[0].host = .preserve },
            answer: Self.revealing("Host")
        ) { weir in
            for host in ["a.test", "b.test", "a.test", "b.test"] {
                let answer = try await withRawClient(port: weir.port) { client in
                    try await client.send(
                        "POST \(Chat.path) HTTP/1.1\r\nHost: \(host)\r\nContent-Length: \(Chat.body.utf8.count)\r\n\r\n"
                            + Chat.body
                    )
                    return try await client.response(to: "POST")
                }
                #expect(answer.text == Chat.answer(host))
            }
            #expect(weir.origin.requests.count == 2)
        }
    }

    @Test("an upstream that is another after a reload, or that Weir tells something else, has keys of its own")
    func upstreams() throws {
        func key(_ change: (inout UpstreamSettings, inout RouteSettings) -> Void) -> String {
            var upstream = UpstreamSettings(
                name: "openai",
                url: UpstreamURL(scheme: .https, host: "a.test", basePath: "/x"),
                headers: [("Authorization", "Bearer weir")]
            )
            var route = Chat.routes()[0]
            change(&upstream, &route)
            return PersonaKey.ofRoute(route, upstream: upstream)
        }
        let plain = key { _, _ in }
        let others = [
            key { upstream, _ in upstream.url.scheme = .http },
            key { upstream, _ in upstream.url.host = "b.test" },
            key { upstream, _ in upstream.url.port = 8443 },
            key { upstream, _ in upstream.url.basePath = "" },
            key { upstream, _ in upstream.otherURLs = [UpstreamURL(scheme: .https, host: "b.test")] },
            key { upstream, _ in upstream.headers = [("Authorization", "Bearer other")] },
            key { upstream, _ in upstream.headers.append(("X-Tenant", "t")) },
            key { upstream, _ in upstream.headers.append(("OpenAI-Organization", "o")) },
            key { _, route in route.cache.scope = .shared },
            key { _, route in route.cache.namespace = "n" },
            key { _, route in route.cache.storedFinishReasons = ["stop", "length"] },
            key { _, route in route.cache.key.headers = ["X-Tenant"] },
            key { _, route in route.forwardPersona = true },
        ]
        #expect(Set(others + [plain]).count == others.count + 1)
        #expect(key { upstream, _ in upstream.name = "renamed" } == plain)
        #expect(key { _, route in route.cache.storedFinishReasons = ["stop", "stop"] } == plain)
        // Who Weir is does not count where everybody shares; for which account it asks does.
        func shared(_ name: String, _ value: String) -> String {
            key { upstream, route in
                upstream.headers = [(name, value)]
                route.cache.scope = .shared
            }
        }
        #expect(shared("X-Goog-Api-Key", "a") == shared("X-Goog-Api-Key", "b"))
        #expect(shared("OpenAI-Organization", "a") != shared("OpenAI-Organization", "b"))
        #expect(shared("X-Tenant", "a") != shared("X-Tenant", "b"))
    }

    @Test("what one route stores another of the same path does not serve that would not store it")
    func finishReasons() async throws {
        var routes = Chat.routes { $0.host = "weir.test" } + Chat.routes { $0.host = "cut.test" }
        routes[1].cache.storedFinishReasons = ["stop", "length"]
        try await withWeir(routes: routes) { request, connection in
            try await connection.respond(
                fields: "Content-Type: application/json\r\n",
                body: Chat.answer("cut", finish: "length")
            )
        } _: { weir in
            func ask(_ host: String) async throws -> ReceivedResponse {
                try await withRawClient(port: weir.port) { client in
                    try await client.send(
                        "POST \(Chat.path) HTTP/1.1\r\nHost: \(host)\r\nContent-Length: \(Chat.body.utf8.count)\r\n\r\n"
                            + Chat.body
                    )
                    return try await client.response(to: "POST")
                }
            }
            let stored = try await ask("cut.test")
            let again = try await ask("cut.test")
            let other = try await ask("weir.test")
            #expect(!stored.isHit && again.isHit && !other.isHit)
        }
    }

    @Test("an interest with a comma in it is not two, nor found as two")
    func interests() async throws {
        func asking(_ interests: String) -> String {
            Chat.request("hi", members: #","metadata":{"interests":\#(interests)}"#)
        }
        try await withWeir(routes: Chat.routes(), answer: Chat.answering) { weir in
            let one = try await weir.chat(asking(#"["a,b"]"#))
            let two = try await weir.chat(asking(#"["a","b"]"#))
            let text = try await weir.chat(asking(#""b, a""#))
            #expect(!one.isHit && !two.isHit && text.isHit)
            #expect(weir.origin.requests.count == 2)
        }
    }

    @Test("a purge by user, persona or interest misses no entry, however many tags it has")
    func ownTags() async throws {
        let interests = (0..<6).map { "i\($0)" }.joined(separator: ",")
        let fields = "Authorization: Bearer a\r\nX-User-Id: ada\r\nX-Weir-Tags: x,y,z\r\n"
        let purges = ["user:ada", "persona:interests=i5", "persona:interests=\(interests)", "course", "x"]
        for tag in purges {
            try await withWeir(
                routes: Chat.routes { $0.cache.tags = ["course"] },
                configure: { $0.cache.maxTags = 10 },
                answer: Chat.answering
            ) { weir in
                let stored = try await weir.chat(fields: fields + "X-Persona-Interests: \(interests)\r\n")
                #expect(stored["Cache-Status"] == "weir; fwd=uri-miss; stored")
                #expect(weir.proxy.purge(.tags([tag])) == 1)
                // What would have more than it may have, of its own, is not kept: no purge could find it for certain.
                let many = try await weir.chat(fields: fields + "X-Persona-Interests: \(interests),i6,i7\r\n")
                #expect(many["Cache-Status"] == "weir; fwd=bypass; detail=too-many-tags")
                #expect(weir.proxy.store.statistics.entries == 0)
            }
        }
    }
}
