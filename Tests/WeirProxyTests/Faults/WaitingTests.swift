import NIOCore
import Testing
import WeirCache
import WeirTesting
import WeirUpstream

@testable import WeirProxy

/// Those who wait for somebody else's call: it hangs, they leave, or what it brings is not for them.
@Suite struct WaitingTests {
    static let cacheable = "Cache-Control: max-age=60\r\n"

    private static func send(to weir: Weir, fields: String = "") async throws -> RawClient {
        let client = try await RawClient.connect(port: weir.port)
        try await client.send("GET / HTTP/1.1\r\nHost: weir.test\r\n\(fields)\r\n")
        return client
    }

    /// A leader and those who follow it.
    private static func crowd(_ count: Int, of weir: Weir) async throws -> (leader: RawClient, followers: [RawClient]) {
        let leader = try await send(to: weir)
        try await weir.origin.waitForRequests(count: 1)
        var followers: [RawClient] = []
        for _ in 0..<count { followers.append(try await send(to: weir)) }
        try await weir.waitForFollowers(UInt64(count))
        return (leader, followers)
    }

    @Test("a call that hangs: one of those who wait makes another, once it has had its time", arguments: [1, 2])
    func leaderHangs(workers: Int) async throws {
        let gate = Gate()
        try await withWeir(
            routes: HTTPCacheTests.routes,
            workers: workers,
            configure: { $0.limits.keepAlive = .seconds(5) }
        ) { connection in
            while try await connection.nextRequest() != nil {
                if connection.index == 0 { try await gate.wait() }
                try await connection.respond(fields: Self.cacheable, body: "call \(connection.index)")
            }
        } _: { weir in
            let (leader, followers) = try await Self.crowd(8, of: weir)
            try await weir.pass(.seconds(9))
            #expect(weir.origin.requests.count == 1)
            weir.clock.advance(by: .seconds(1))
            for follower in followers {
                let response = try await follower.response()
                #expect(response.status == 200 && response.text == "call 1")
                await follower.close()
            }
            #expect(weir.origin.requests.count == 2)
            #expect(try await weir.request()["Cache-Status"] == "weir; hit; ttl=60")
            #expect(await weir.proxy.snapshot().flights.overdue == 1)
            // Whoever began it has the patience that the route's timeouts have.
            gate.open()
            #expect(try await leader.response().text == "call 0")
            await leader.close()
            try await weir.wait(for: "everything to be given back") {
                $0.flights.flights == 0 && $0.openConnections == 0 && $0.upstreams[0].gauges.active == 0
            }
            #expect(weir.origin.requests.count == 2)
        }
    }

    @Test("when the next call hangs too, those who have waited for one stay with it, and who comes later does not")
    func nextHangs() async throws {
        let second = Gate()
        try await withWeir(
            routes: HTTPCacheTests.routes(RouteCacheSettings(mode: .http, leaderAge: .seconds(5)))
        ) { connection in
            while try await connection.nextRequest() != nil {
                if connection.index == 0 { return await connection.hang() }
                if connection.index == 1 { try await second.wait() }
                try await connection.respond(fields: Self.cacheable, body: "call \(connection.index)")
            }
        } _: { weir in
            let (leader, followers) = try await Self.crowd(3, of: weir)
            weir.clock.advance(by: .seconds(5))
            try await weir.origin.waitForRequests(count: 2)
            weir.clock.advance(by: .seconds(5))
            #expect(try await weir.request().text == "call 2")
            #expect(weir.origin.requests.count == 3)
            second.open()
            for follower in followers {
                #expect(try await follower.response().text == "call 1")
                await follower.close()
            }
            await leader.close()
            #expect(await weir.proxy.snapshot().flights.overdue == 2)
        }
    }

    @Test("a call that hangs and whose own client has left ends when those who waited for it have another")
    func desertedCallHangs() async throws {
        let ended = Gate()
        try await withWeir(routes: HTTPCacheTests.routes) { connection in
            while try await connection.nextRequest() != nil {
                if connection.index == 0 {
                    _ = try? await connection.wire.readToEnd()
                    return ended.open()
                }
                try await connection.respond(fields: Self.cacheable, body: "call \(connection.index)")
            }
        } _: { weir in
            let (leader, followers) = try await Self.crowd(2, of: weir)
            await leader.close()
            try await weir.wait(for: "the leader to leave") { $0.routes[0].metrics.aborted == 1 }
            weir.clock.advance(by: .seconds(10))
            for follower in followers {
                #expect(try await follower.response().text == "call 1")
                await follower.close()
            }
            try await ended.wait()
            let upstream = try #require(await weir.proxy.snapshot().upstreams.first)
            #expect(upstream.count(.cancelled) == 1 && upstream.failures == 0)
        }
    }

    @Test("an answer under way is waited for however long it takes: it is being read")
    func slowBody() async throws {
        let gate = Gate()
        try await withWeir(routes: HTTPCacheTests.routes) { _, connection in
            try await connection.send("HTTP/1.1 200 OK\r\n\(Self.cacheable)Content-Length: 10\r\n\r\nfirst")
            try await gate.wait()
            try await connection.send("final")
        } _: { weir in
            let (leader, followers) = try await Self.crowd(3, of: weir)
            for follower in followers { _ = try await follower.wire.readHead() }
            weir.clock.advance(by: .minutes(1))
            let late = try await Self.send(to: weir)
            try await weir.waitForFollowers(4)
            gate.open()
            for client in followers {
                #expect(try await client.wire.read(count: 10) == Array("firstfinal".utf8))
                await client.close()
            }
            for client in [leader, late] {
                #expect(try await client.response().text == "firstfinal")
                await client.close()
            }
            #expect(weir.origin.requests.count == 1)
        }
    }

    @Test("an AI call is given longer: a second one would be paid for too")
    func persona() async throws {
        let gate = Gate()
        try await withWeir(routes: Chat.routes()) { request, connection in
            try await gate.wait()
            try await Chat.answering(request, connection)
        } _: { weir in
            async let leader = weir.chat()
            try await weir.origin.waitForRequests(count: 1)
            async let follower = weir.chat()
            try await weir.waitForFollowers(1)
            try await weir.pass(.seconds(119))
            gate.open()
            #expect(try await leader.text == Chat.answer())
            #expect(try await follower.text == Chat.answer())
            #expect(weir.origin.requests.count == 1)
        }
    }

    @Test("who leaves while others wait is gone at once; the others get everything, and it is stored")
    func followersLeave() async throws {
        let gate = Gate()
        try await withWeir(routes: HTTPCacheTests.routes, workers: 2) { _, connection in
            try await gate.wait()
            try await connection.respond(fields: Self.cacheable, body: "hello")
        } _: { weir in
            let (leader, followers) = try await Self.crowd(10, of: weir)
            for (index, follower) in followers.enumerated() where index < 6 {
                if index % 2 == 0 { await follower.close() } else { await follower.reset() }
            }
            try await weir.wait(for: "six to be gone") { $0.routes[0].metrics.aborted == 6 && $0.openConnections == 5 }
            #expect(await weir.proxy.snapshot().flights.flights == 1)
            gate.open()
            for client in [leader] + followers.suffix(4) {
                #expect(try await client.response().text == "hello")
                await client.close()
            }
            try await weir.wait(for: "everything to be given back") { $0.openConnections == 0 }
            let snapshot = await weir.proxy.snapshot()
            #expect(snapshot.flights == FlightCounts(flights: 0, leaders: 1, followers: 10))
            #expect(snapshot.routes[0].metrics.requests == 5 && snapshot.store.entries == 1)
            #expect(snapshot.upstreams[0].gauges.active == 0 && weir.origin.requests.count == 1)
        }
    }
}

extension OriginConnection {
    /// Says nothing until the other side has had enough.
    func hang() async { _ = try? await wire.readToEnd() }
}
