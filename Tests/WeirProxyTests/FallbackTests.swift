import NIOCore
import Testing
import WeirCache
import WeirTesting
import WeirUpstream

@testable import WeirProxy

/// Routes with somewhere else to go.
@Suite struct FallbackTests {
    private static let says: @Sendable (String) -> ScriptedOrigin.Script = { text in
        answering { _, connection in
            try await connection.respond(fields: "Cache-Control: max-age=60\r\n", body: text)
        }
    }

    private func route(
        _ path: String = "/",
        mode: RouteCacheSettings.Mode = .none,
        models: [String: String] = [:],
        credentials: FallbackSettings.Credentials = .drop
    ) -> [RouteSettings] {
        var route = RouteSettings(path: path, upstream: "app", cache: RouteCacheSettings(mode: mode))
        route.fallback = FallbackSettings(upstream: "other", models: models, credentials: credentials)
        return [route]
    }

    @Test(
        "another upstream's answer is told as such, and never stored",
        arguments: [RouteCacheSettings.Mode.none, .http]
    )
    func notStored(mode: RouteCacheSettings.Mode) async throws {
        try await withTwoUpstreams(routes: route(mode: mode), first: nil, other: Self.says("other")) { weir, other in
            for calls in 1...2 {
                let response = try await weir.request()
                #expect(response.status == 200 && response.text == "other")
                let forward = mode == .none ? "bypass" : "uri-miss"
                #expect(response["Cache-Status"] == "weir; fwd=\(forward); detail=fallback")
                #expect(other.requests.count == calls)
            }
            let snapshot = await weir.proxy.snapshot()
            #expect(snapshot.store.insertions == 0)
            #expect(snapshot.upstreams[0].fallbacks[.answered] == 2)
        }
    }

    @Test("an answer of old comes before another upstream")
    func staleFirst() async throws {
        let isFailing = Watched(false)
        let first = answering { _, connection in
            if isFailing.value { return await connection.reset() }
            try await connection.respond(fields: "Cache-Control: max-age=60, stale-if-error=60\r\n", body: "old")
        }
        try await withTwoUpstreams(routes: route(mode: .http), first: first, other: Self.says("other")) { weir, other in
            _ = try await weir.request()
            isFailing.update { $0 = true }
            weir.clock.advance(by: .seconds(61))
            #expect(try await weir.request().text == "old")
            #expect(other.requests.isEmpty)
            weir.clock.advance(by: .seconds(60))
            #expect(try await weir.request().text == "other")
        }
    }

    @Test("what the first upstream said of a stored answer is nothing to the other")
    func revalidation() async throws {
        let isFailing = Watched(false)
        let first = answering { _, connection in
            if isFailing.value { return await connection.reset() }
            try await connection.respond(fields: "Cache-Control: no-cache\r\nETag: \"1\"\r\n", body: "old")
        }
        try await withTwoUpstreams(routes: route(mode: .http), first: first, other: Self.says("other")) { weir, other in
            _ = try await weir.request()
            isFailing.update { $0 = true }
            #expect(try await weir.request(fields: "If-None-Match: \"1\"\r\n").text == "other")
            #expect(try await weir.request(fields: "If-None-Match: \"1\"\r\nRange: bytes=0-1\r\n").text == "other")
            #expect(other.requests.count == 2)
            for request in other.requests { #expect(request["If-None-Match"] == nil) }
        }
    }

    private static let secrets =
        "Authorization: Bearer client\r\napi-key: k\r\nx-api-key: k\r\nCookie: s=1\r\nOpenAI-Organization: o\r\n"
        + "OpenAI-Project: p\r\nX-Auth-Token: t\r\nX-Amz-Security-Token: t\r\nx-goog-api-key: k\r\nX-Session-Id: s\r\n"

    @Test("no credential leaves for another host: neither the client's nor the first upstream's")
    func credentials() async throws {
        try await withTwoUpstreams(
            routes: route(),
            configure: {
                $0.upstreams[0].headers = [
                    (name: "Authorization", value: "Bearer first"), (name: "X-Internal", value: "1"),
                ]
                $0.upstreams[1].headers = [(name: "Authorization", value: "Bearer other")]
            },
            first: resets,
            other: Self.says("other")
        ) { weir, other in
            let plain = "Accept-Language: en\r\nIdempotency-Key: i\r\nX-Internal: client\r\n"
            #expect(try await weir.request(fields: Self.secrets + plain).text == "other")
            let first = try #require(weir.origin.requests.first)
            #expect(first["Authorization"] == "Bearer first" && first["Cookie"] == "s=1")
            let seen = try #require(other.requests.first)
            #expect(seen["Authorization"] == "Bearer other")
            #expect(seen["Accept-Language"] == "en" && seen["Idempotency-Key"] == "i")
            for name in [
                "api-key", "x-api-key", "Cookie", "OpenAI-Organization", "OpenAI-Project", "X-Auth-Token",
                "X-Amz-Security-Token", "x-goog-api-key", "X-Session-Id", "X-Internal",
            ] {
                #expect(seen.head.values(name).isEmpty, "\(name)")
            }
            #expect(seen["Host"] == "127.0.0.1:\(other.port)")
        }
    }

    @Test("where the route says so the client's credentials go there, but none that Weir has put in their place")
    func passedCredentials() async throws {
        try await withTwoUpstreams(
            routes: route(credentials: .pass),
            configure: { $0.upstreams[0].headers = [(name: "Authorization", value: "Bearer first")] },
            first: nil,
            other: Self.says("other")
        ) { weir, other in
            _ = try await weir.request(fields: Self.secrets)
            let seen = try #require(other.requests.first)
            #expect(seen["Cookie"] == "s=1" && seen["api-key"] == "k" && seen["X-Auth-Token"] == "t")
            #expect(seen["Authorization"] == nil)
        }
    }

    @Test("a write goes there only when the first upstream cannot have acted on it")
    func writes() async throws {
        let first: ScriptedOrigin.Script = { connection in
            while let request = try await connection.nextRequest() {
                switch request.target {
                case "/reset": return await connection.reset()
                case "/500": try await connection.respond(status: "500 Oh", body: "oh")
                default: try await connection.respond(status: "503 No", body: "no")
                }
            }
        }
        try await withTwoUpstreams(routes: route(), first: first, other: Self.says("other")) { weir, other in
            #expect(try await weir.request("POST", "/reset", body: "x").status == 502)
            let failed = try await weir.request("POST", "/500", body: "x")
            #expect(failed.status == 500 && failed.text == "oh" && other.requests.isEmpty)
            #expect(try await weir.request("POST", "/503", body: "body").text == "other")
            #expect(other.requests.map(\.body.text) == ["body"])
            #expect(try await weir.request("GET", "/500").text == "other")
        }
    }

    @Test("when both fail the client hears of the first, and when to come back")
    func bothFail() async throws {
        try await withTwoUpstreams(routes: route(), first: nil, other: resets) { weir, other in
            let response = try await weir.request("POST", "/", body: "x")
            #expect(response.status == 502 && response["Retry-After"] == "1")
            #expect(try response.error().message.contains("'app'"))
            #expect(response["Cache-Status"] == "weir; fwd=bypass")
            #expect(other.requests.count == 1)
        }
    }

    @Test("a crowd that waits for the first upstream shares the other's answer")
    func crowd() async throws {
        let gate = Gate()
        let first: ScriptedOrigin.Script = { connection in
            try await connection.expectRequest()
            try await gate.wait()
            try await connection.respond(status: "503 No")
        }
        try await withTwoUpstreams(
            routes: Chat.routes { $0.fallback = FallbackSettings(upstream: "other") },
            first: first,
            other: answering(Chat.answering)
        ) { weir, other in
            try await withThrowingTaskGroup(of: ReceivedResponse.self) { group in
                for _ in 0..<10 { group.addTask { try await weir.chat() } }
                try await weir.waitForFollowers(9)
                gate.open()
                for try await response in group {
                    #expect(response.status == 200 && response.text == Chat.answer())
                    #expect(response["Cache-Status"]?.hasSuffix("; detail=fallback") == true)
                }
            }
            #expect(other.requests.count == 1 && weir.origin.requests.count == 1)
            #expect(weir.proxy.store.statistics.insertions == 0)
        }
    }
}
