import NIOCore
import Testing
import WeirCache
import WeirTesting
import WeirUpstream

@testable import WeirProxy

/// Calls for items that do not go as they should, and those that nobody waits for.
@Suite struct ItemFetchTests {
    @Test("stale items are served at once and asked for again behind, together")
    func staleWhileRevalidate() async throws {
        let routes = Chat.routes {
            $0.cache.ttl = .hours(1)
            $0.cache.staleWhileRevalidate = .hours(1)
        }
        try await withWeir(routes: routes, answer: Embeddings.answering) { weir in
            _ = try await weir.embed(["a", "b", "c"])
            weir.clock.advance(by: .minutes(61))
            let stale = try await weir.embed(["c", "a"])
            #expect(stale.text == Embeddings.answer(["c", "a"]) && stale["Cache-Status"] == "weir; hit; ttl=-60")
            try await weir.origin.waitForRequests(count: 2)
            try await weir.wait(for: "the refreshed items") { $0.flights.flights == 0 }
            let fresh = try await weir.embed(["a", "c"])
            #expect(fresh["Cache-Status"] == "weir; hit; ttl=3600")
            #expect(try weir.calls == [["a", "b", "c"], ["c", "a"]])
            let metrics = await weir.proxy.snapshot().routes[0].metrics
            #expect(metrics.refreshes(.staleWhileRevalidate) == 1 && metrics.lookups(.stale) == 1)
        }
    }

    @Test("a fallback's items are put together with stored ones, and not stored")
    func fallback() async throws {
        let isDown = Gate()
        let routes = Chat.routes { $0.fallback = FallbackSettings(upstream: "other") }
        let first = answering { request, connection in
            if isDown.isOpen { return try await connection.respond(status: "503 No", body: "no") }
            try await Embeddings.answering(request, connection)
        }
        try await withTwoUpstreams(routes: routes, first: first, other: answering(Embeddings.answering)) {
            weir,
            other in
            _ = try await weir.embed(["a"])
            isDown.open()
            for count in 1...2 {
                let answer = try await weir.embed(["a", "b"])
                #expect(answer.text == Embeddings.answer(["a", "b"]))
                #expect(answer["Cache-Status"] == "weir; fwd=partial; detail=fallback")
                #expect(other.requests.count == count)
            }
        }
    }

    @Test("an upstream that is not there, or breaks off, fails the request with Weir's own word")
    func unreachable() async throws {
        try await withWeir(routes: Chat.routes()) { request, connection in
            if request.body.text.contains("cut") {
                try await connection.send("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{")
                return await connection.close()
            }
            try await Embeddings.answering(request, connection)
        } _: { weir in
            _ = try await weir.embed(["a"])
            let cut = try await weir.embed(["a", "cut"])
            #expect(cut.status == 502)
            #expect(try cut.error().code == "upstream_reset")
            await weir.origin.stopListening()
            #expect(try await weir.embed(["a", "a"]).status == 200)
        }
    }

    @Test(
        "an error that comes to many is everybody's, and one of a request is not its followers'",
        arguments: [500, 400]
    )
    func followers(status: Int) async throws {
        let gate = Gate()
        try await withWeir(routes: Chat.routes(), configure: { $0.upstreams[0].retry.attempts = 1 }) {
            request,
            connection in
            try await gate.wait()
            guard request.body.text.contains("bad") else { return try await Embeddings.answering(request, connection) }
            try await connection.respond(status: "\(status) No", body: "no")
        } _: { weir in
            async let leader = weir.embed(["a", "bad"])
            try await weir.origin.waitForRequests(count: 1)
            async let follower = weir.embed(["b", "a"])
            try await weir.waitForFollowers(1)
            gate.open()
            #expect(try await leader.status == status)
            let answer = try await follower
            #expect(answer.status == (status == 500 ? 500 : 200))
            if status == 400 { #expect(answer.text == Embeddings.answer(["b", "a"])) }
        }
    }

    @Test("who follows a call that hangs joins anew, and makes one of his own")
    func overdue() async throws {
        let gate = Gate()
        let routes = Chat.routes { $0.cache.leaderAge = .seconds(30) }
        try await withWeir(routes: routes) { request, connection in
            if request.body.text.contains("slow") { try await gate.wait() }
            try await Embeddings.answering(request, connection)
        } _: { weir in
            async let leader = weir.embed(["a", "slow"])
            try await weir.origin.waitForRequests(count: 1)
            async let follower = weir.embed(["b", "a"])
            try await weir.waitForFollowers(1)
            try await weir.origin.waitForRequests(count: 2)
            weir.clock.advance(by: .seconds(31))
            #expect(try await follower.text == Embeddings.answer(["b", "a"]))
            gate.open()
            #expect(try await leader.text == Embeddings.answer(["a", "slow"]))
            #expect(try weir.calls == [["a", "slow"], ["b"], ["a"]])
        }
    }

    @Test("with `finish: cancel` a call that nobody waits for ends")
    func cancelled() async throws {
        let ended = Gate()
        try await withWeir(routes: Chat.routes { $0.cache.finish = .cancel }) { request, connection in
            _ = try await connection.expectEnd()
            ended.open()
        } _: { weir in
            try await withRawClient(port: weir.port) { client in
                let body = Embeddings.body(["a", "b"])
                try await client.send(
                    "POST \(Embeddings.path) HTTP/1.1\r\nHost: a\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
                )
                try await weir.origin.waitForRequests(count: 1)
                await client.close()
            }
            try await ended.wait()
            #expect(await weir.proxy.snapshot().flights.flights == 0)
        }
    }
}
