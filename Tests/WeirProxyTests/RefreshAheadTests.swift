import NIOCore
import Testing
import WeirCache
import WeirTesting
import WeirUpstream

@testable import WeirProxy

/// What is asked for often is fetched anew before its life is over, behind a hit.
@Suite struct RefreshAheadTests {
    private static let routes = HTTPCacheTests.routes(
        RouteCacheSettings(mode: .http, refreshAhead: RefreshAheadSettings(left: 0.1, hits: 2, pause: .seconds(3)))
    )

    /// Tells which call it is, and confirms what it is asked about.
    private static func counting(_ calls: Watched<Int>, etag: String? = nil) -> Answer {
        { request, connection in
            let call = calls.update { calls in
                calls += 1
                return calls
            }
            if let etag, request["If-None-Match"] == etag {
                return try await connection.send("HTTP/1.1 304 Not Modified\r\nETag: \(etag)\r\n\r\n")
            }
            let fields = "Cache-Control: max-age=100\r\n" + (etag.map { "ETag: \($0)\r\n" } ?? "")
            try await connection.respond(fields: fields, body: "call \(call)")
        }
    }

    @Test("the hit is as any other; the next ones have what came behind it", arguments: [nil, "\"v\""])
    func refreshes(etag: String?) async throws {
        let calls = Watched(0)
        try await withWeir(routes: Self.routes, answer: Self.counting(calls, etag: etag)) { weir in
            _ = try await weir.request()
            weir.clock.advance(by: .seconds(89))
            for _ in 0..<3 { #expect(try await weir.request()["Cache-Status"] == "weir; hit; ttl=11") }
            #expect(calls.value == 1)
            weir.clock.advance(by: .seconds(2))
            let hit = try await weir.request()
            #expect(hit.text == "call 1" && hit["Cache-Status"] == "weir; hit; ttl=9")
            try await weir.waitForRefreshes(1)
            let next = try await weir.request()
            #expect(next.text == (etag == nil ? "call 2" : "call 1") && next["Cache-Status"] == "weir; hit; ttl=100")
            #expect(weir.origin.requests.map { $0["If-None-Match"] } == [nil, etag])
            // One use since: it counts from nothing.
            weir.clock.advance(by: .seconds(95))
            _ = try await weir.request()
            try await weir.waitForRefreshes(2)
            #expect(calls.value == 3)
        }
    }

    @Test("what is asked for too seldom, and who has terms of his own, refreshes nothing")
    func unasked() async throws {
        let calls = Watched(0)
        try await withWeir(routes: Self.routes, answer: Self.counting(calls)) { weir in
            _ = try await weir.request()
            weir.clock.advance(by: .seconds(95))
            // For somebody's credentials comes what may be for nobody else; it counts for nothing.
            for _ in 0..<3 { _ = try await weir.request(fields: "Authorization: Basic YTpi\r\n") }
            for field in ["", "Cache-Control: max-age=1000\r\n", "Cache-Control: min-fresh=1\r\n"] {
                #expect(try await weir.request(fields: field)["Cache-Status"] == "weir; hit; ttl=5")
            }
            #expect(await weir.proxy.snapshot().flights.leaders == 1)
            #expect(calls.value == 1)
        }
    }

    @Test("HEAD and a range have the whole fetched", arguments: ["HEAD", "GET"])
    func others(method: String) async throws {
        let calls = Watched(0)
        try await withWeir(routes: Self.routes, answer: Self.counting(calls)) { weir in
            _ = try await weir.request()
            weir.clock.advance(by: .seconds(95))
            for _ in 0..<2 { _ = try await weir.request(method, fields: "Range: bytes=0-1\r\n") }
            try await weir.waitForRefreshes(1)
            #expect(weir.origin.requests.map(\.method) == ["GET", "GET"])
            #expect(weir.origin.requests.allSatisfy { $0["Range"] == nil })
            #expect(try await weir.request().text == "call 2")
        }
    }

    @Test("a crowd of hits is one refresh, on however many event loops")
    func crowd() async throws {
        let gate = Gate()
        let calls = Watched(0)
        try await withWeir(routes: Self.routes, workers: 2) { _, connection in
            let call = calls.update { calls in
                calls += 1
                return calls
            }
            if call > 1 { try await gate.wait() }
            try await connection.respond(fields: "Cache-Control: max-age=100\r\n", body: "call \(call)")
        } _: { weir in
            _ = try await weir.request()
            weir.clock.advance(by: .seconds(95))
            for _ in 0..<20 { #expect(try await weir.request().text == "call 1") }
            // The one under way holds up nobody, and no other begins when the pause is over.
            weir.clock.advance(by: .seconds(4))
            #expect(try await weir.request().text == "call 1")
            gate.open()
            try await weir.waitForRefreshes(1)
            #expect(try await weir.request().text == "call 2")
            #expect(calls.value == 2)
        }
    }

    @Test(
        "an upstream that fails is asked again only when the pause is over, and what is stored stays",
        arguments: [
            ("500 No", "Cache-Control: max-age=100\r\n"), ("503 No", ""), ("429 No", "Retry-After: 100\r\n"),
            ("malformed", ""),
        ]
    )
    func failing(status: String, fields: String) async throws {
        let calls = Watched(0)
        try await withWeir(
            routes: Self.routes,
            configure: { settings in
                settings.upstreams[0].retry.attempts = 1
                settings.routes[0].features.breaker = false
            }
        ) { connection in
            while try await connection.nextRequest() != nil {
                let call = calls.update { calls in
                    calls += 1
                    return calls
                }
                if call == 2 || call == 3 {
                    if status == "malformed" { return try await connection.send("nonsense\r\n\r\n") }
                    try await connection.respond(status: status, fields: fields, body: "failed")
                } else {
                    try await connection.respond(
                        fields: "Cache-Control: max-age=100, must-revalidate\r\n",
                        body: "call \(call)"
                    )
                }
            }
        } _: { weir in
            _ = try await weir.request()
            weir.clock.advance(by: .seconds(91))
            for attempt in 1...2 {
                for _ in 0..<5 { #expect(try await weir.request().text == "call 1") }
                try await weir.waitForRefreshes(attempt)
                for _ in 0..<5 { #expect(try await weir.request().text == "call 1") }
                #expect(calls.value == 1 + attempt)
                weir.clock.advance(by: .seconds(3))
            }
            #expect(try await weir.request().text == "call 1")
            try await weir.waitForRefreshes(3)
            #expect(try await weir.request().text == "call 4")
        }
    }

    @Test("what comes and may not be kept ends what is stored, as behind a stale answer")
    func ended() async throws {
        let calls = Watched(0)
        try await withWeir(routes: Self.routes) { _, connection in
            let call = calls.update { calls in
                calls += 1
                return calls
            }
            let control = call == 2 ? "no-store" : "max-age=100"
            try await connection.respond(fields: "Cache-Control: \(control)\r\n", body: "call \(call)")
        } _: { weir in
            _ = try await weir.request()
            weir.clock.advance(by: .seconds(95))
            for _ in 0..<2 { #expect(try await weir.request().text == "call 1") }
            try await weir.waitForRefreshes(1)
            #expect(try await weir.request().text == "call 3")
        }
    }

    @Test("an answer that is purged while it is refreshed is not brought back")
    func purged() async throws {
        let gate = Gate()
        let begun = Gate()
        try await withWeir(routes: Self.routes) { request, connection in
            if request["X-Who"] == "ahead" {
                begun.open()
                try await gate.wait()
            }
            try await connection.respond(fields: "Cache-Control: max-age=100\r\n", body: request["X-Who"] ?? "new")
        } _: { weir in
            _ = try await weir.request(fields: "X-Who: first\r\n")
            weir.clock.advance(by: .seconds(95))
            for _ in 0..<2 { _ = try await weir.request(fields: "X-Who: ahead\r\n") }
            try await begun.wait()
            #expect(weir.proxy.purge(.all) == 1)
            gate.open()
            try await weir.waitForRefreshes(1)
            #expect(try await weir.request().text == "new")
        }
    }

    @Test("an AI answer is asked for again with the body that was asked before")
    func persona() async throws {
        let routes = Chat.routes {
            $0.cache.ttl = .seconds(100)
            $0.cache.refreshAhead = RefreshAheadSettings(left: 0.1, hits: 1)
        }
        try await withWeir(routes: routes, answer: Chat.answering) { weir in
            _ = try await weir.chat()
            weir.clock.advance(by: .seconds(89))
            #expect(try await weir.chat()["Cache-Status"] == "weir; hit; ttl=11")
            weir.clock.advance(by: .seconds(2))
            #expect(try await weir.chat()["Cache-Status"] == "weir; hit; ttl=9")
            try await weir.waitForRefreshes(1)
            #expect(try await weir.chat()["Cache-Status"] == "weir; hit; ttl=100")
            #expect(weir.origin.requests.map(\.body.text) == [Chat.body, Chat.body])
        }
    }

    @Test("without the setting nothing is refreshed, and what is stale is counted apart")
    func off() async throws {
        let calls = Watched(0)
        let routes = HTTPCacheTests.routes(RouteCacheSettings(mode: .http, staleWhileRevalidate: .seconds(60)))
        try await withWeir(routes: routes, answer: Self.counting(calls)) { weir in
            _ = try await weir.request()
            weir.clock.advance(by: .seconds(99))
            for _ in 0..<5 { #expect(try await weir.request().text == "call 1") }
            weir.clock.advance(by: .seconds(2))
            _ = try await weir.request()
            try await weir.waitForRefreshes(1, .staleWhileRevalidate)
            let metrics = await weir.proxy.snapshot().totals.routes[0]
            #expect(metrics.refreshes(.ahead) == 0)
            #expect(calls.value == 2)
        }
    }
}

extension Weir {
    /// Until so many have begun, and their calls are over.
    fileprivate func waitForRefreshes(_ count: Int, _ reason: RefreshReason = .ahead) async throws {
        try await wait(for: "\(count) refreshes") { snapshot in
            snapshot.totals.routes[0].refreshes(reason) >= UInt64(count) && snapshot.flights.flights == 0
        }
        let metrics = await proxy.snapshot().totals.routes[0]
        #expect(metrics.refreshes(reason) == UInt64(count))
    }
}
