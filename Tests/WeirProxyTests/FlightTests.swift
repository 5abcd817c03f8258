import NIOCore
import Testing
import WeirCache
import WeirHTTP
import WeirTesting
import WeirUpstream

@testable import WeirProxy

/// One upstream call for all who ask at the same time.
@Suite struct FlightTests {
    static let cacheable = "Cache-Control: max-age=60\r\n"

    /// So many clients at once with one request each, and what they got, in no order.
    static func crowd(
        _ count: Int,
        of weir: Weir,
        target: String = "/",
        fields: String = "",
        then act: @Sendable () async throws -> Void
    ) async throws -> [ReceivedResponse] {
        try await withThrowingTaskGroup(of: ReceivedResponse.self) { group in
            for _ in 0..<count {
                group.addTask { try await weir.request("GET", target, fields: fields) }
            }
            try await act()
            var responses: [ReceivedResponse] = []
            for try await response in group { responses.append(response) }
            return responses
        }
    }

    @Test("a hundred at once make one upstream call, on one event loop and on two", arguments: [1, 2])
    func hundred(workers: Int) async throws {
        let gate = Gate()
        let body = String(decoding: patternBytes(count: 200_000).map { $0 & 0x7F }, as: UTF8.self)
        try await withWeir(routes: HTTPCacheTests.routes, workers: workers) { _, connection in
            try await gate.wait()
            try await connection.respond(fields: Self.cacheable + "X-Id: 1\r\n", body: body)
        } _: { weir in
            let responses = try await Self.crowd(100, of: weir) {
                try await weir.waitForFollowers(99)
                gate.open()
            }
            #expect(responses.allSatisfy { $0.status == 200 && $0.text == body && $0["X-Id"] == "1" })
            let statuses = responses.map { $0["Cache-Status"] ?? "" }
            #expect(statuses.count { $0 == "weir; fwd=uri-miss; stored" } == 1)
            #expect(statuses.count { $0 == "weir; fwd=uri-miss; stored; collapsed" } == 99)
            #expect(weir.origin.requests.count == 1)
            #expect(try await weir.request()["Cache-Status"] == "weir; hit; ttl=60")
            let snapshot = await weir.proxy.snapshot()
            #expect(snapshot.flights == FlightCounts(flights: 0, leaders: 1, followers: 99))
            #expect(snapshot.routes[0].metrics.lookups(.collapsed) == 99)
            #expect(snapshot.routes[0].metrics.requests == 101)
        }
    }

    @Test("with deduplication off everybody calls for himself")
    func off() async throws {
        var route = HTTPCacheTests.routes[0]
        route.features.dedupe = false
        let barrier = Barrier(count: 3)
        try await withWeir(routes: [route]) { _, connection in
            try await barrier.arrive()
            try await connection.respond(fields: Self.cacheable, body: "x")
        } _: { weir in
            let responses = try await Self.crowd(3, of: weir) {}
            #expect(responses.allSatisfy { $0.text == "x" })
            #expect(weir.origin.requests.count == 3)
        }
    }

    @Test("who comes late reads from the first byte, and then along", arguments: [1, 2])
    func late(workers: Int) async throws {
        let gate = Gate()
        try await withWeir(routes: HTTPCacheTests.routes, workers: workers) { _, connection in
            try await connection.send("HTTP/1.1 200 OK\r\n\(Self.cacheable)Transfer-Encoding: chunked\r\n\r\n")
            try await connection.send(chunk: "first")
            try await gate.wait()
            try await connection.send(chunk: "second")
            try await connection.send("0\r\n\r\n")
        } _: { weir in
            let early = try await RawClient.connect(port: weir.port)
            try await early.send("GET / HTTP/1.1\r\nHost: weir.test\r\n\r\n")
            _ = try await early.wire.readHead()
            #expect(try await early.wire.readChunk() == Array("first".utf8))
            let late = try await RawClient.connect(port: weir.port)
            try await late.send("GET / HTTP/1.1\r\nHost: weir.test\r\n\r\n")
            #expect(try await late.wire.readHead()["Cache-Status"] == "weir; fwd=uri-miss; stored; collapsed")
            #expect(try await late.wire.readChunk() == Array("first".utf8))
            gate.open()
            for client in [early, late] {
                #expect(try await client.wire.readChunk() == Array("second".utf8))
                #expect(try await client.wire.readChunk() == nil)
                await client.close()
            }
            #expect(weir.origin.requests.count == 1)
        }
    }

    @Test("an answer that is not to be shared releases who waits: each calls for himself, at once", arguments: [1, 2])
    func released(workers: Int) async throws {
        let gate = Gate()
        let together = Barrier(count: 9)
        try await withWeir(routes: HTTPCacheTests.routes, workers: workers) { connection in
            while let request = try await connection.nextRequest() {
                let isLeader = request["X-Request-Id"] == "leader"
                if isLeader { try await gate.wait() } else { try await together.arrive() }
                try await connection.respond(
                    fields: "Cache-Control: private\r\nSet-Cookie: who=\(request["X-Request-Id"] ?? "")\r\n",
                    body: request["X-Request-Id"] ?? ""
                )
            }
        } _: { weir in
            let leader = try await RawClient.connect(port: weir.port)
            try await leader.send("GET / HTTP/1.1\r\nHost: weir.test\r\nX-Request-Id: leader\r\n\r\n")
            try await weir.origin.waitForRequests(count: 1)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for index in 0..<9 {
                    group.addTask {
                        let response = try await weir.request(fields: "X-Request-Id: \(index)\r\n")
                        #expect(response.text == "\(index)" && response["Set-Cookie"] == "who=\(index)")
                        #expect(response["Cache-Status"] == "weir; fwd=uri-miss")
                    }
                }
                try await weir.waitForFollowers(9)
                gate.open()
                try await group.waitForAll()
            }
            let response = try await leader.response()
            #expect(response.text == "leader" && response["Cache-Status"] == "weir; fwd=uri-miss; detail=private")
            await leader.close()
            #expect(weir.origin.requests.count == 10)
            #expect(await weir.proxy.snapshot().flights.released == 9)
        }
    }

    @Test(
        "an upstream that breaks off mid-body: every reader can tell, and nothing is stored",
        arguments: [true, false]
    )
    func cutOff(isChunked: Bool) async throws {
        let gate = Gate()
        try await withWeir(routes: HTTPCacheTests.routes, workers: 2) { connection in
            try await connection.expectRequest()
            let framing = isChunked ? "Transfer-Encoding: chunked" : "Content-Length: 100"
            try await connection.send("HTTP/1.1 200 OK\r\n\(Self.cacheable)\(framing)\r\n\r\n")
            if isChunked { try await connection.send(chunk: "part") } else { try await connection.send("part") }
            try await gate.wait()
            await connection.reset()
        } _: { weir in
            var clients: [RawClient] = []
            for _ in 0..<6 {
                let client = try await RawClient.connect(port: weir.port)
                try await client.send("GET / HTTP/1.1\r\nHost: weir.test\r\n\r\n")
                #expect(try await client.wire.readHead().status == 200)
                clients.append(client)
            }
            gate.open()
            for client in clients {
                let (bytes, _) = try await client.wire.readToEnd()
                #expect(String(decoding: bytes, as: UTF8.self) == (isChunked ? "4\r\npart\r\n" : "part"))
                await client.close()
            }
            #expect(weir.proxy.store.statistics.entries == 0)
            try await weir.wait(for: "the breaks to be counted") { $0.routes[0].metrics.aborted == 6 }
        }
    }

    @Test("an upstream that fails before its answer: everybody gets the same error, after one call and its retry")
    func failed() async throws {
        let gate = Gate()
        try await withWeir(routes: HTTPCacheTests.routes) { connection in
            try await connection.expectRequest()
            try await gate.wait()
            await connection.reset()
        } _: { weir in
            let responses = try await Self.crowd(10, of: weir) {
                try await weir.waitForFollowers(9)
                gate.open()
            }
            #expect(responses.allSatisfy { $0.status == 502 })
            for response in responses { #expect(try response.error().code == "upstream_reset") }
            #expect(weir.origin.requests.count == 2)
        }
    }

    @Test("the leader's client may leave: its followers get everything, and it is stored")
    func leaderLeaves() async throws {
        let gate = Gate()
        try await withWeir(routes: HTTPCacheTests.routes) { _, connection in
            try await connection.send("HTTP/1.1 200 OK\r\n\(Self.cacheable)Content-Length: 10\r\n\r\nfirst")
            try await gate.wait()
            try await connection.send("final")
        } _: { weir in
            let leader = try await RawClient.connect(port: weir.port)
            try await leader.send("GET / HTTP/1.1\r\nHost: weir.test\r\n\r\n")
            _ = try await leader.wire.readHead()
            let responses = try await Self.crowd(3, of: weir) {
                try await weir.waitForFollowers(3)
                await leader.reset()
                try await weir.wait(for: "the leader to leave") { $0.routes[0].metrics.aborted == 1 }
                gate.open()
            }
            #expect(responses.allSatisfy { $0.text == "firstfinal" })
            #expect(weir.proxy.store.statistics.entries == 1)
        }
    }

    @Test("when all have left, an answer asked for conditionally is fetched to its end and stored")
    func allLeaveStorable() async throws {
        let gate = Gate()
        try await withWeir(routes: HTTPCacheTests.routes) { _, connection in
            try await connection.send("HTTP/1.1 200 OK\r\n\(Self.cacheable)Transfer-Encoding: chunked\r\n\r\n")
            try await connection.send(chunk: "first")
            try await gate.wait()
            try await connection.send(chunk: "final")
            try await connection.send("0\r\n\r\n")
        } _: { weir in
            try await withRawClient(port: weir.port) { client in
                try await client.send("GET / HTTP/1.1\r\nHost: weir.test\r\nIf-None-Match: \"other\"\r\n\r\n")
                _ = try await client.wire.readHead()
            }
            try await weir.wait(for: "the client to leave") { $0.routes[0].metrics.aborted == 1 }
            gate.open()
            try await weir.wait(for: "the answer to be stored") { $0.store.entries == 1 }
            #expect(try await weir.request().text == "firstfinal")
            #expect(weir.origin.requests.count == 1)
        }
    }

    @Test(
        "when all have left, the call is cancelled upstream, whether its answer has begun or not",
        arguments: [true, false],
        ["private", "max-age=60"]
    )
    func allLeave(isHeadSent: Bool, control: String) async throws {
        let ended = Gate()
        try await withWeir(routes: HTTPCacheTests.routes) { connection in
            try await connection.expectRequest()
            if isHeadSent {
                try await connection.send(
                    "HTTP/1.1 200 OK\r\nCache-Control: \(control)\r\nContent-Length: 10\r\n\r\nfirst"
                )
            }
            _ = try? await connection.wire.readToEnd()
            ended.open()
        } _: { weir in
            try await withRawClient(port: weir.port) { client in
                try await client.send("GET / HTTP/1.1\r\nHost: weir.test\r\n\r\n")
                if isHeadSent { _ = try await client.wire.readHead() }
                try await weir.origin.waitForRequests(count: 1)
            }
            try await weir.pass(until: "the client to leave") { $0.routes[0].metrics.aborted == 1 }
            try await ended.wait()
            #expect(weir.proxy.store.statistics.entries == 0)
        }
    }

    @Test("who joins a call that all had left goes on alone when its answer cannot be shared")
    func joinsDeserted() async throws {
        let gate = Gate()
        try await withWeir(routes: HTTPCacheTests.routes) { connection in
            while try await connection.nextRequest() != nil {
                if connection.index == 0 { try await gate.wait() }
                try await connection.respond(fields: "Cache-Control: private\r\n", body: "\(connection.index)")
            }
        } _: { weir in
            // A call that goes on without its client, which may have the answer already.
            try await withRawClient(port: weir.port) { client in
                try await client.send("GET / HTTP/1.1\r\nHost: weir.test\r\nIf-None-Match: \"other\"\r\n\r\n")
                try await weir.origin.waitForRequests(count: 1)
            }
            try await weir.wait(for: "the client to leave") { $0.routes[0].metrics.aborted == 1 }
            let responses = try await Self.crowd(2, of: weir) {
                try await weir.waitForFollowers(2)
                gate.open()
            }
            #expect(responses.allSatisfy { $0.status == 200 && $0.text != "0" })
        }
    }

    @Test("an answer that nobody reads and that grows too large to be stored is cancelled")
    func unreadOverflow() async throws {
        let ended = Gate()
        try await withWeir(
            routes: HTTPCacheTests.routes,
            configure: { $0.cache.maxObject = 10_000 }
        ) { connection in
            try await connection.expectRequest()
            try await connection.send("HTTP/1.1 200 OK\r\n\(Self.cacheable)Transfer-Encoding: chunked\r\n\r\n")
            try await connection.send(chunk: "begun")
            // Without end, but for the other side's.
            let chunk = String(repeating: "x", count: 1_000)
            while (try? await connection.send(chunk: chunk)) != nil {}
            ended.open()
        } _: { weir in
            try await withRawClient(port: weir.port) { client in
                try await client.wire.pauseReading()
                try await client.send("GET / HTTP/1.1\r\nHost: weir.test\r\nIf-None-Match: \"other\"\r\n\r\n")
                try await weir.origin.waitForRequests(count: 1)
            }
            try await ended.wait()
            #expect(weir.proxy.store.statistics.entries == 0)
        }
    }

    @Test("a follower whom Vary tells apart goes alone and gets its own answer")
    func vary() async throws {
        let gate = Gate()
        try await withWeir(routes: HTTPCacheTests.routes) { connection in
            while let request = try await connection.nextRequest() {
                if request["Accept-Language"] == "de" { try await gate.wait() }
                try await connection.respond(
                    fields: Self.cacheable + "Vary: Accept-Language\r\n",
                    body: request["Accept-Language"] ?? ""
                )
            }
        } _: { weir in
            let german = try await RawClient.connect(port: weir.port)
            try await german.send("GET / HTTP/1.1\r\nHost: weir.test\r\nAccept-Language: de\r\n\r\n")
            try await weir.origin.waitForRequests(count: 1)
            let responses = try await Self.crowd(2, of: weir, fields: "Accept-Language: en\r\n") {
                try await weir.waitForFollowers(2)
                gate.open()
            }
            #expect(responses.allSatisfy { $0.text == "en" })
            #expect(responses.allSatisfy { $0["Cache-Status"] == "weir; fwd=uri-miss; stored" })
            #expect(try await german.response().text == "de")
            await german.close()
            #expect(weir.proxy.store.statistics.entries == 2)
        }
    }

    @Test("stale: everybody waits for one conditional request, and its 304 answers all")
    func revalidation() async throws {
        let gate = Gate()
        try await withWeir(routes: HTTPCacheTests.routes) { request, connection in
            if request["If-None-Match"] != nil {
                try await gate.wait()
                return try await connection.send("HTTP/1.1 304 Not Modified\r\nETag: \"v1\"\r\n\r\n")
            }
            try await connection.respond(fields: Self.cacheable + "ETag: \"v1\"\r\n", body: "hello")
        } _: { weir in
            _ = try await weir.request()
            weir.clock.advance(by: .seconds(61))
            let responses = try await Self.crowd(10, of: weir) {
                try await weir.waitForFollowers(9)
                gate.open()
            }
            #expect(responses.allSatisfy { $0.text == "hello" && $0.status == 200 })
            #expect(weir.origin.requests.count == 2)
        }
    }

    @Test("followers over the limit make their own calls")
    func full() async throws {
        let gate = Gate()
        try await withWeir(
            routes: HTTPCacheTests.routes,
            configure: { $0.cache.maxFollowers = 2 }
        ) { connection in
            while try await connection.nextRequest() != nil {
                if connection.index == 0 { try await gate.wait() }
                try await connection.respond(fields: Self.cacheable, body: "x")
            }
        } _: { weir in
            async let leader = weir.request()
            try await weir.origin.waitForRequests(count: 1)
            let responses = try await Self.crowd(3, of: weir) {
                try await weir.wait(for: "two to find it full") { $0.flights.full == 2 }
                gate.open()
            }
            #expect(responses.allSatisfy { $0.text == "x" })
            #expect(try await leader.text == "x")
            #expect(weir.origin.requests.count == 3)
        }
    }
}
