import NIOCore
import Testing
import WeirCache
import WeirHTTP
import WeirTesting
import WeirUpstream

@testable import WeirProxy

/// `mode: http` over real sockets: stored, reused, revalidated, stale.
@Suite struct HTTPCacheTests {
    static let routes = [RouteSettings(path: "/", upstream: "app", cache: RouteCacheSettings(mode: .http))]

    static func routes(_ cache: RouteCacheSettings) -> [RouteSettings] {
        [RouteSettings(path: "/", upstream: "app", cache: cache)]
    }

    @Test("a miss is stored, and the hit behind it never leaves")
    func missThenHit() async throws {
        try await withWeir(routes: Self.routes) { request, connection in
            try await connection.respond(
                fields: "Cache-Control: max-age=60\r\nContent-Type: text/plain\r\nX-Request-Id: theirs\r\nAge: 10\r\n"
                    + "Connection: X-Hop\r\nX-Hop: 1\r\nDate: Mon, 01 Jan 2024 00:00:00 GMT\r\nETag: \"v1\"\r\n",
                body: "hello"
            )
        } _: { weir in
            try await withRawClient(port: weir.port) { client in
                let miss = try await client.get("/a?b", fields: "X-Request-Id: one\r\n")
                #expect(
                    miss.head.description == """
                        HTTP/1.1 200 OK\r
                        Cache-Control: max-age=60\r
                        Content-Type: text/plain\r
                        Age: 10\r
                        Date: Mon, 01 Jan 2024 00:00:00 GMT\r
                        ETag: "v1"\r
                        X-Upstream-Request-Id: theirs\r
                        Cache-Status: weir; fwd=uri-miss; stored\r
                        X-Request-Id: one\r
                        Via: 1.1 weir\r
                        Content-Length: 5
                        """
                )
                weir.clock.advance(by: .seconds(20))
                let hit = try await client.get("/a?b", fields: "X-Request-Id: two\r\n")
                #expect(
                    hit.head.description == """
                        HTTP/1.1 200 OK\r
                        Cache-Control: max-age=60\r
                        Content-Type: text/plain\r
                        Date: Mon, 01 Jan 2024 00:00:00 GMT\r
                        ETag: "v1"\r
                        Via: 1.1 weir\r
                        Content-Length: 5\r
                        Age: 30\r
                        Cache-Status: weir; hit; ttl=30\r
                        X-Request-Id: two
                        """
                )
                #expect(hit.text == "hello")
                // Another query, another path, another host: other keys.
                #expect(try await client.get("/a?c")["Cache-Status"] == "weir; fwd=uri-miss; stored")
                #expect(try await client.get("/a")["Cache-Status"] == "weir; fwd=uri-miss; stored")
                try await client.send("GET /a?b HTTP/1.1\r\nHost: other.test\r\n\r\n")
                #expect(try await client.response()["Cache-Status"] == "weir; fwd=uri-miss; stored")
                try await client.send("GET /a?b HTTP/1.1\r\nHost: WEIR.test\r\n\r\n")
                #expect(try await client.response()["Cache-Status"] == "weir; hit; ttl=30")
            }
            #expect(weir.origin.requests.map(\.target) == ["/a?b", "/a?c", "/a", "/a?b"])
            let seen = weir.origin.requests[0]
            #expect(seen["Accept-Encoding"] == "gzip" && seen["If-None-Match"] == nil)
        }
    }

    @Test("a stored response without an ETag gets one from its bytes")
    func generatedTag() async throws {
        try await withWeir(routes: Self.routes) { _, connection in
            try await connection.respond(fields: "Cache-Control: max-age=60\r\n", body: "hello")
        } _: { weir in
            #expect(try await weir.request()["ETag"] == nil)
            let hit = try await weir.request()
            let expected = String(buffer: Digest.entityTag(ByteBuffer(string: "hello")))
            #expect(hit["ETag"] == expected)
            let unmodified = try await weir.request(fields: "If-None-Match: \"x\", W/\(expected)\r\n")
            #expect(unmodified.status == 304 && unmodified["ETag"] == expected)
            #expect(unmodified["Cache-Control"] == "max-age=60" && unmodified["Content-Length"] == nil)
            #expect(unmodified["Cache-Status"] == "weir; hit; ttl=60")
            #expect(weir.origin.requests.count == 1)
        }
    }

    @Test("Vary: each selection is stored for itself, absent matching absent")
    func vary() async throws {
        try await withWeir(routes: Self.routes) { request, connection in
            try await connection.respond(
                fields: "Cache-Control: max-age=60\r\nVary: Accept-Language, accept-encoding\r\n",
                body: request["Accept-Language"] ?? "none"
            )
        } _: { weir in
            for language in ["de", "en", nil] {
                let fields = language.map { "Accept-Language: \($0)\r\n" } ?? ""
                let miss = try await weir.request(fields: fields)
                #expect(miss.text == language ?? "none")
                #expect(miss["Cache-Status"] == "weir; fwd=\(language == "de" ? "uri" : "vary")-miss; stored")
            }
            for language in ["de", "en", nil] {
                let hit = try await weir.request(fields: language.map { "Accept-Language: \($0)\r\n" } ?? "")
                #expect(hit.text == language ?? "none" && hit["Cache-Status"] == "weir; hit; ttl=60")
                #expect(hit["Vary"] == "Accept-Language, accept-encoding")
            }
            #expect(weir.origin.requests.count == 3)
        }
    }

    @Test(
        "a client that has the response gets 304, from the store and from a fetch alike",
        arguments: [
            "If-None-Match: \"v1\"\r\n",
            "If-None-Match: *\r\n",
            "If-Modified-Since: Mon, 01 Jan 2024 00:00:00 GMT\r\n",
        ]
    )
    func clientValidators(fields: String) async throws {
        try await withWeir(routes: Self.routes) { request, connection in
            #expect(request["If-None-Match"] == nil && request["If-Modified-Since"] == nil)
            try await connection.respond(
                fields: "Cache-Control: max-age=60\r\nETag: \"v1\"\r\nVary: X\r\nContent-Type: text/plain\r\n"
                    + "Last-Modified: Sun, 31 Dec 2023 00:00:00 GMT\r\n",
                body: "hello"
            )
        } _: { weir in
            try await withRawClient(port: weir.port) { client in
                for status in ["weir; fwd=uri-miss; stored", "weir; hit; ttl=60"] {
                    let response = try await client.get("/", fields: fields)
                    #expect(response.status == 304)
                    #expect(response["ETag"] == "\"v1\"" && response["Vary"] == "X")
                    #expect(response["Cache-Control"] == "max-age=60")
                    #expect(response["Content-Length"] == nil && response["Content-Type"] == nil)
                    #expect(response["Cache-Status"] == status)
                    if status.hasSuffix("stored") {
                        try await weir.wait(for: "the answer to be stored") { $0.store.entries == 1 }
                    }
                }
                #expect(try await client.get("/", fields: "If-None-Match: \"v2\"\r\n").text == "hello")
            }
            #expect(weir.origin.requests.count == 1)
        }
    }

    @Test("a stale response is asked for once, conditionally; a 304 makes it fresh, with its new fields")
    func revalidated() async throws {
        try await withWeir(routes: Self.routes) { request, connection in
            guard request["If-None-Match"] == nil else {
                #expect(request["If-None-Match"] == "\"v1\"")
                return try await connection.send(
                    "HTTP/1.1 304 Not Modified\r\nETag: \"v1\"\r\nCache-Control: max-age=30\r\nX-New: 1\r\n\r\n"
                )
            }
            try await connection.respond(
                fields: "Cache-Control: max-age=60\r\nETag: \"v1\"\r\nX-Old: 1\r\n",
                body: "hello"
            )
        } _: { weir in
            _ = try await weir.request()
            weir.clock.advance(by: .seconds(61))
            let revalidated = try await weir.request(fields: "If-None-Match: \"other\"\r\n")
            #expect(revalidated.status == 200 && revalidated.text == "hello")
            #expect(revalidated["X-Old"] == "1" && revalidated["X-New"] == "1" && revalidated["Age"] == "0")
            #expect(revalidated.head.values("Cache-Control") == ["max-age=30"])
            #expect(revalidated["Cache-Status"] == "weir; fwd=stale; fwd-status=304")
            weir.clock.advance(by: .seconds(10))
            let hit = try await weir.request()
            #expect(hit["Cache-Status"] == "weir; hit; ttl=20" && hit["X-New"] == "1")
            #expect(weir.origin.requests.count == 2)
            let metrics = await weir.proxy.snapshot().routes[0].metrics
            #expect(metrics.lookups(.miss) == 1 && metrics.lookups(.revalidated) == 1 && metrics.lookups(.hit) == 1)
        }
    }

    @Test("a 304 that confirms another response than the stored one is not believed: it is fetched anew")
    func confirmsAnother() async throws {
        try await withWeir(routes: Self.routes) { request, connection in
            guard request["If-None-Match"] == nil else {
                return try await connection.send("HTTP/1.1 304 Not Modified\r\nETag: \"v2\"\r\n\r\n")
            }
            try await connection.respond(fields: "Cache-Control: max-age=60\r\nETag: \"v1\"\r\n", body: "hello")
        } _: { weir in
            _ = try await weir.request()
            weir.clock.advance(by: .seconds(61))
            let anew = try await weir.request()
            #expect(anew.status == 200 && anew.text == "hello")
            #expect(weir.origin.requests.map { $0["If-None-Match"] } == [nil, "\"v1\"", nil])
            #expect(try await weir.request()["Cache-Status"] == "weir; hit; ttl=60")
        }
    }

    @Test("a stale response that has changed is replaced")
    func replaced() async throws {
        try await withWeir(routes: Self.routes) { request, connection in
            let version = request["If-None-Match"] == nil ? "v1" : "v2"
            try await connection.respond(
                fields: "Cache-Control: max-age=60\r\nETag: \"\(version)\"\r\n",
                body: version
            )
        } _: { weir in
            #expect(try await weir.request().text == "v1")
            weir.clock.advance(by: .seconds(61))
            let replaced = try await weir.request()
            #expect(replaced.text == "v2")
            #expect(replaced["Cache-Status"] == "weir; fwd=stale; fwd-status=200; stored")
            let hit = try await weir.request()
            #expect(hit.text == "v2" && hit["Cache-Status"] == "weir; hit; ttl=60")
        }
    }

    @Test("no-cache from a client validates what is fresh")
    func noCache() async throws {
        try await withWeir(routes: Self.routes) { request, connection in
            if request["If-None-Match"] != nil {
                return try await connection.send("HTTP/1.1 304 Not Modified\r\nETag: \"v1\"\r\n\r\n")
            }
            try await connection.respond(fields: "Cache-Control: max-age=60\r\nETag: \"v1\"\r\n", body: "hello")
        } _: { weir in
            _ = try await weir.request()
            let response = try await weir.request(fields: "Cache-Control: no-cache\r\n")
            #expect(response.text == "hello")
            #expect(response["Cache-Status"] == "weir; fwd=request; fwd-status=304")
            #expect(weir.origin.requests.count == 2)
        }
    }

    @Test("while the upstream fails, what may be stale stands in", arguments: ["500", "reset", "refused", "breaker"])
    func staleIfError(failure: String) async throws {
        let isFailing = Watched(false)
        try await withWeir(
            routes: Self.routes,
            configure: { $0.upstreams[0].breaker = BreakerSettings(failures: 1, open: .seconds(60)) }
        ) { connection in
            while try await connection.nextRequest() != nil {
                guard isFailing.value else {
                    try await connection.respond(
                        fields: "Cache-Control: max-age=60, stale-if-error=100\r\nETag: \"v1\"\r\n",
                        body: "old"
                    )
                    continue
                }
                if failure == "500" {
                    try await connection.respond(status: "500 Oh", body: "error")
                } else {
                    return await connection.reset()
                }
            }
        } _: { weir in
            _ = try await weir.request()
            isFailing.update { $0 = true }
            if failure == "refused" { await weir.origin.stopListening() }
            weir.clock.advance(by: .seconds(70))
            for _ in 0..<(failure == "breaker" ? 3 : 1) {
                let response = try await weir.request()
                #expect(response.status == 200 && response.text == "old" && response["Age"] == "70")
                let forward = failure == "500" && weir.origin.requests.count == 2 ? "; fwd-status=500" : ""
                #expect(response["Cache-Status"] == "weir; fwd=stale\(forward); ttl=-10; detail=stale-if-error")
            }
            // After its time the failure shows.
            weir.clock.advance(by: .seconds(100))
            #expect(try await weir.request().status >= 500)
        }
    }

    @Test("stale-while-revalidate: everybody is served at once, one request goes behind them")
    func staleWhileRevalidate() async throws {
        let gate = Gate()
        try await withWeir(routes: Self.routes) { request, connection in
            if request["If-None-Match"] != nil {
                try await gate.wait()
                return try await connection.respond(
                    fields: "Cache-Control: max-age=60\r\nETag: \"v2\"\r\n",
                    body: "new"
                )
            }
            try await connection.respond(
                fields: "Cache-Control: max-age=60, stale-while-revalidate=30\r\nETag: \"v1\"\r\n",
                body: "old"
            )
        } _: { weir in
            _ = try await weir.request()
            weir.clock.advance(by: .seconds(70))
            for _ in 0..<5 {
                let stale = try await weir.request()
                #expect(stale.text == "old" && stale["Cache-Status"] == "weir; hit; ttl=-10")
            }
            let head = try await weir.request("HEAD", "/")
            #expect(head["Cache-Status"] == "weir; hit; ttl=-10" && head["Content-Length"] == "3")
            gate.open()
            try await weir.wait(for: "the new response to be stored") { $0.store.insertions == 2 }
            let fresh = try await weir.request()
            #expect(fresh.text == "new" && fresh["Cache-Status"] == "weir; hit; ttl=60")
            #expect(weir.origin.requests.count == 2)
            #expect(await weir.proxy.snapshot().routes[0].metrics.lookups(.stale) == 6)
        }
    }

    @Test("a refresh that a HEAD request sets off fetches the whole response")
    func refreshBehindHead() async throws {
        try await withWeir(routes: Self.routes) { request, connection in
            let version = request["If-None-Match"] == nil ? "v1" : "v2"
            try await connection.respond(
                fields: "Cache-Control: max-age=60, stale-while-revalidate=30\r\nETag: \"\(version)\"\r\n",
                body: version
            )
        } _: { weir in
            _ = try await weir.request()
            weir.clock.advance(by: .seconds(70))
            #expect(try await weir.request("HEAD", "/")["ETag"] == "\"v1\"")
            try await weir.wait(for: "the new response to be stored") { $0.store.insertions == 2 }
            #expect(try await weir.request().text == "v2")
            #expect(weir.origin.requests.map(\.method) == ["GET", "GET"])
        }
    }

    @Test("the features that are off are off: nothing is stored, no tag is made")
    func features() async throws {
        var route = Self.routes[0]
        route.features.cache = false
        try await withWeir(routes: [route]) { _, connection in
            try await connection.respond(fields: "Cache-Control: max-age=60\r\n", body: "hello")
        } _: { weir in
            for _ in 0..<2 {
                let response = try await weir.request()
                #expect(response["Cache-Status"] == "weir; fwd=bypass")
            }
            #expect(weir.origin.requests.count == 2)
        }
        route.features.cache = true
        route.features.etag = false
        try await withWeir(routes: [route]) { _, connection in
            try await connection.respond(fields: "Cache-Control: max-age=60\r\n", body: "hello")
        } _: { weir in
            _ = try await weir.request()
            let hit = try await weir.request()
            #expect(hit["ETag"] == nil && hit["Cache-Status"] == "weir; hit; ttl=60")
        }
    }
}
