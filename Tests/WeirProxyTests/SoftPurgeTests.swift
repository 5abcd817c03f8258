import NIOCore
import Testing
import WeirCache
import WeirTesting
import WeirUpstream

@testable import WeirProxy

/// What a soft purge leaves: stale from then on, validated, standing in, never fresh.
@Suite struct SoftPurgeTests {
    private static let tag = Purge.tags(["t"])

    private static func routes(
        staleWhileRevalidate: TimeAmount? = nil,
        staleIfError: TimeAmount? = nil
    ) -> [RouteSettings] {
        HTTPCacheTests.routes(
            RouteCacheSettings(
                mode: .http,
                tags: ["t"],
                staleWhileRevalidate: staleWhileRevalidate,
                staleIfError: staleIfError
            )
        )
    }

    /// Confirms what it is asked about, and gives it to everybody else.
    private static let confirming: Answer = { request, connection in
        guard request["If-None-Match"] != nil else {
            return try await connection.respond(fields: "Cache-Control: max-age=60\r\nETag: \"v\"\r\n", body: "kept")
        }
        try await connection.send("HTTP/1.1 304 Not Modified\r\nETag: \"v\"\r\n\r\n")
    }

    @Test(
        "what has a validator is validated at its next use, and fresh again",
        arguments: [tag, .pattern(GlobPattern("/*")), .pattern(GlobPattern("?")), .all]
    )
    func validated(purge: Purge) async throws {
        try await withWeir(routes: Self.routes(), answer: Self.confirming) { weir in
            _ = try await weir.request()
            weir.clock.advance(by: .seconds(10))
            #expect(weir.proxy.purge(purge, softly: true) == 1)
            let validated = try await weir.request()
            #expect(validated.text == "kept" && validated["Cache-Status"] == "weir; fwd=stale; fwd-status=304")
            #expect(try await weir.request()["Cache-Status"] == "weir; hit; ttl=60")
            #expect(weir.origin.requests.map { $0["If-None-Match"] } == [nil, "\"v\""])
        }
    }

    @Test("what has none is fetched, and replaced")
    func fetched() async throws {
        try await withWeir(routes: Self.routes()) { request, connection in
            try await connection.respond(fields: "Cache-Control: max-age=60\r\n", body: request["X-Who"] ?? "")
        } _: { weir in
            _ = try await weir.request(fields: "X-Who: first\r\n")
            #expect(weir.proxy.purge(Self.tag, softly: true) == 1)
            let fetched = try await weir.request(fields: "X-Who: second\r\n")
            #expect(fetched.text == "second")
            #expect(fetched["Cache-Status"] == "weir; fwd=stale; fwd-status=200; stored")
            #expect(try await weir.request().text == "second")
        }
    }

    @Test("stale-while-revalidate serves it at once, as after its life, and asks behind it")
    func servedMeanwhile() async throws {
        try await withWeir(routes: Self.routes(staleWhileRevalidate: .seconds(30)), answer: Self.confirming) { weir in
            _ = try await weir.request()
            #expect(weir.proxy.purge(Self.tag, softly: true) == 1)
            #expect(try await weir.request()["Cache-Status"] == "weir; hit; ttl=0")
            try await weir.wait(for: "the refresh") { $0.flights.leaders == 2 && $0.flights.flights == 0 }
            #expect(try await weir.request()["Cache-Status"] == "weir; hit; ttl=60")
            #expect(weir.origin.requests.map { $0["If-None-Match"] } == [nil, "\"v\""])
            // The window began with the purge.
            #expect(weir.proxy.purge(Self.tag, softly: true) == 1)
            weir.clock.advance(by: .seconds(30))
            #expect(try await weir.request()["Cache-Status"] == "weir; fwd=stale; fwd-status=304")
        }
    }

    @Test(
        "it stands in for an upstream that fails, for stale-if-error after the purge, and never where it must not",
        arguments: [
            ("max-age=60, stale-if-error=20", 19, true), ("max-age=60, stale-if-error=20", 20, false),
            ("max-age=60, must-revalidate, stale-if-error=20", 1, false), ("max-age=60", 0, false),
        ]
    )
    func standsIn(directives: String, seconds: Int64, isServed: Bool) async throws {
        let isFailing = Watched(false)
        try await withWeir(routes: Self.routes()) { _, connection in
            if isFailing.value { return try await connection.respond(status: "503 No", body: "failed") }
            try await connection.respond(fields: "Cache-Control: \(directives)\r\n", body: "kept")
        } _: { weir in
            _ = try await weir.request()
            weir.clock.advance(by: .seconds(5))
            #expect(weir.proxy.purge(Self.tag, softly: true) == 1)
            isFailing.update { $0 = true }
            weir.clock.advance(by: .seconds(seconds))
            let response = try await weir.request()
            #expect(response.status == (isServed ? 200 : 503) && response.text == (isServed ? "kept" : "failed"))
            if isServed { #expect(response["Cache-Status"]?.hasSuffix("detail=stale-if-error") == true) }
        }
    }

    @Test("a client that takes what is stale may have it")
    func accepted() async throws {
        try await withWeir(routes: Self.routes(), answer: Self.confirming) { weir in
            _ = try await weir.request()
            #expect(weir.proxy.purge(.all, softly: true) == 1)
            weir.clock.advance(by: .seconds(3))
            let accepted = try await weir.request(fields: "Cache-Control: max-stale=3\r\n")
            #expect(accepted["Cache-Status"] == "weir; hit; ttl=-3")
            #expect(weir.origin.requests.count == 1)
        }
    }

    @Test("every variant of a URL is marked, and each is validated by itself")
    func variants() async throws {
        try await withWeir(routes: Self.routes()) { request, connection in
            let who = request["X-Who"] ?? ""
            guard request["If-None-Match"] == nil else {
                return try await connection.send("HTTP/1.1 304 Not Modified\r\nETag: \"\(who)\"\r\n\r\n")
            }
            try await connection.respond(
                fields: "Cache-Control: max-age=60\r\nVary: X-Who\r\nETag: \"\(who)\"\r\n",
                body: who
            )
        } _: { weir in
            for who in ["a", "b"] { _ = try await weir.request(fields: "X-Who: \(who)\r\n") }
            #expect(weir.proxy.purge(.pattern(GlobPattern("/")), softly: true) == 2)
            for who in ["a", "b"] {
                let response = try await weir.request(fields: "X-Who: \(who)\r\n")
                #expect(response.text == who && response["Cache-Status"] == "weir; fwd=stale; fwd-status=304")
            }
            #expect(weir.origin.requests.map { $0["If-None-Match"] } == [nil, nil, "\"a\"", "\"b\""])
        }
    }

    // MARK: Calls under way

    @Test("an answer that was under way is not stored, and who asks after the purge is not given it")
    func underWay() async throws {
        let gate = Gate()
        let begun = Gate()
        try await withWeir(routes: Self.routes()) { request, connection in
            if request["X-Who"] == "first" {
                begun.open()
                try await gate.wait()
            }
            try await connection.respond(fields: "Cache-Control: max-age=60\r\n", body: request["X-Who"] ?? "")
        } _: { weir in
            async let first = weir.request(fields: "X-Who: first\r\n")
            try await begun.wait()
            #expect(weir.proxy.purge(Self.tag, softly: true) == 0)
            #expect(try await weir.request(fields: "X-Who: second\r\n").text == "second")
            gate.open()
            #expect(try await first.text == "first")
            let hit = try await weir.request()
            #expect(hit.text == "second" && hit["Cache-Status"] == "weir; hit; ttl=60")
        }
    }

    @Test(
        "a 304 to what was asked before the purge makes nothing fresh: it is asked about once more",
        arguments: [tag, .all, .pattern(GlobPattern("/"))]
    )
    func revalidatedMeanwhile(purge: Purge) async throws {
        let gate = Gate()
        let begun = Gate()
        try await withWeir(routes: Self.routes()) { request, connection in
            if request["If-None-Match"] != nil, !begun.isOpen {
                begun.open()
                try await gate.wait()
            }
            try await Self.confirming(request, connection)
        } _: { weir in
            _ = try await weir.request()
            weir.clock.advance(by: .seconds(61))
            async let response = weir.request()
            try await begun.wait()
            #expect(weir.proxy.purge(purge, softly: true) == 1)
            gate.open()
            #expect(try await response["Cache-Status"] == "weir; fwd=stale; fwd-status=304")
            #expect(weir.origin.requests.map { $0["If-None-Match"] } == [nil, "\"v\"", "\"v\""])
            #expect(try await weir.request()["Cache-Status"] == "weir; hit; ttl=60")
        }
    }

    @Test("a 200 to HEAD that was asked before the purge makes nothing fresh")
    func headMeanwhile() async throws {
        let gate = Gate()
        let begun = Gate()
        try await withWeir(routes: Self.routes()) { request, connection in
            if request.method == "HEAD" {
                begun.open()
                try await gate.wait()
                return try await connection.send(
                    "HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nETag: \"v\"\r\nContent-Length: 4\r\n\r\n"
                )
            }
            try await Self.confirming(request, connection)
        } _: { weir in
            _ = try await weir.request()
            weir.clock.advance(by: .seconds(61))
            async let head = weir.request("HEAD")
            try await begun.wait()
            weir.clock.advance(by: .seconds(1))
            #expect(weir.proxy.purge(.all, softly: true) == 1)
            gate.open()
            #expect(try await head.status == 200)
            #expect(try await weir.request()["Cache-Status"] == "weir; fwd=stale; fwd-status=304")
        }
    }

    // MARK: Writes

    @Test("a write whose route says so marks what carries the tags, and drops what is stored of its URL")
    func writes() async throws {
        let routes = [
            RouteSettings(
                path: "/courses/{id}",
                upstream: "app",
                cache: RouteCacheSettings(mode: .http, tags: ["course:{id}"]),
                invalidatesOnWrite: ["course:{id}", "list"],
                softensOnWrite: true
            ),
            RouteSettings(path: "/list", upstream: "app", cache: RouteCacheSettings(mode: .http, tags: ["list"])),
        ]
        try await withWeir(routes: routes, answer: Self.confirming) { weir in
            let paths = ["/courses/1", "/courses/1?full", "/courses/2", "/list"]
            for path in paths { _ = try await weir.request("GET", path) }
            #expect(try await weir.request("PUT", "/courses/1", body: "x").status == 200)
            var statuses: [String?] = []
            for path in paths { statuses.append(try await weir.request("GET", path)["Cache-Status"]) }
            let validated = "weir; fwd=stale; fwd-status=304"
            #expect(statuses == ["weir; fwd=uri-miss; stored", validated, "weir; hit; ttl=60", validated])
            let store = weir.proxy.store.statistics
            #expect(store.softened == 2 && store.evictionsByReason.purged == 1)
        }
    }

    // MARK: Persona mode

    @Test("AI answers of a user or a persona are marked, stand in for the provider, and are replaced when it is back")
    func persona() async throws {
        let isFailing = Watched(false)
        try await withWeir(routes: Chat.routes(), configure: { $0.upstreams[0].retry.attempts = 1 }) {
            request,
            connection in
            if isFailing.value { return try await connection.respond(status: "500 No", body: "{}") }
            try await Chat.answering(request, connection)
        } _: { weir in
            let ada = "Authorization: Bearer a\r\nX-User-Id: ada\r\nX-Persona-Learning-Style: visual\r\n"
            for purge in [.tags(["user:ada"]), .tags(["persona:learning_style=visual"])] as [Purge] {
                isFailing.update { $0 = false }
                _ = try await weir.chat(fields: ada)
                #expect(try await weir.chat(fields: ada).isHit)
                #expect(weir.proxy.purge(purge, softly: true) == 1)
                isFailing.update { $0 = true }
                let stale = try await weir.chat(fields: ada)
                #expect(stale.status == 200 && stale.text == Chat.answer())
                #expect(stale["Cache-Status"] == "weir; fwd=stale; fwd-status=500; ttl=0; detail=stale-if-error")
                isFailing.update { $0 = false }
                #expect(
                    try await weir.chat(fields: ada)["Cache-Status"] == "weir; fwd=stale; fwd-status=200; stored"
                )
                #expect(try await weir.chat(fields: ada).isHit)
            }
            #expect(weir.proxy.store.statistics.softened == 2)
        }
    }
}
