import NIOCore
import Testing
import WeirCache
import WeirTesting
import WeirUpstream

@testable import WeirProxy

/// Upstreams that fail in every way there is, for a client alone and for several that share the call: what each of them
/// sees, what is stored, how often the upstream is asked, what the breaker counts, and that the next one is served.
@Suite struct UpstreamFaultTests {
    @Test("a fault reaches a client alone", arguments: UpstreamFault.all)
    func alone(fault: UpstreamFault) async throws {
        try await Self.check(fault, mode: .none, clients: 1)
    }

    @Test("a fault reaches all who share the call", arguments: UpstreamFault.all.filter { !$0.isTimedFromRequest })
    func shared(fault: UpstreamFault) async throws {
        try await Self.check(fault, mode: .http, clients: 5)
    }

    private static func check(_ fault: UpstreamFault, mode: RouteCacheSettings.Mode, clients count: Int) async throws {
        let together = Gate()
        let begun = Gate()
        let cache = RouteCacheSettings(mode: mode)
        let routes = [
            RouteSettings(path: "/fault", upstream: "app", timeouts: fault.timeouts, cache: cache),
            RouteSettings(path: "/next", upstream: "app", cache: cache),
        ]
        try await withWeir(routes: routes) { connection in
            while let request = try await connection.nextRequest() {
                guard request.target == "/fault" else {
                    try await connection.respond(fields: "Cache-Control: no-store\r\n", body: "fine")
                    continue
                }
                try await together.wait()
                return try await fault.act(connection, begun)
            }
        } _: { weir in
            let clients = try await send(count, to: weir, isBegun: together)
            switch fault.seen {
            case .answer(let status, let code):
                for client in clients {
                    let response = try await client.response()
                    #expect(response.status == status)
                    #expect(try response.error().code == code)
                    #expect(response["Cache-Status"]?.contains("stored") == false)
                    // The client's own connection is none the worse.
                    #expect(try await client.request("OPTIONS", "*").status == 204)
                }
            case .broken:
                try await expectBreak(clients, begun)
                try await weir.wait(for: "the breaks to be counted") { $0.routes[0].metrics.aborted == UInt64(count) }
            }
            for client in clients { await client.close() }
            try await expectNothingLeft(of: fault, weir)
        }
    }

    /// Every client has sent its request, and follows the first one's call where it can.
    private static func send(_ count: Int, to weir: Weir, isBegun together: Gate) async throws -> [RawClient] {
        var clients: [RawClient] = []
        for _ in 0..<count {
            let client = try await RawClient.connect(port: weir.port)
            try await client.send("GET /fault HTTP/1.1\r\nHost: weir.test\r\n\r\n")
            clients.append(client)
        }
        try await weir.waitForFollowers(UInt64(count - 1))
        together.open()
        return clients
    }

    private static func expectBreak(_ clients: [RawClient], _ begun: Gate) async throws {
        var heads: [WireHead] = []
        for client in clients {
            let head = try await client.wire.readHead()
            #expect(head.status == 200)
            let begin = head.isChunked ? "4\r\npart\r\n" : "part"
            #expect(try await client.wire.read(count: begin.utf8.count) == Array(begin.utf8))
            heads.append(head)
        }
        begun.open()
        for (client, head) in zip(clients, heads) {
            let rest = String(decoding: try await client.wire.readToEnd().bytes, as: UTF8.self)
            if head.isChunked {
                #expect(!rest.hasSuffix("0\r\n\r\n") && !rest.contains("nonsense"))
            } else {
                #expect(head.contentLength == 100 && rest.utf8.count < 96)
            }
        }
    }

    private static func expectNothingLeft(of fault: UpstreamFault, _ weir: Weir) async throws {
        #expect(weir.origin.requests.count == fault.calls)
        let upstream = try #require(await weir.proxy.snapshot().upstreams.first)
        #expect(upstream.count(fault.outcome) == fault.calls && upstream.failures == fault.calls)
        #expect(upstream.breakers[.other]?.consecutiveFailures == (fault.isCounted ? fault.calls : 0))
        // Nothing of it is used for what comes next.
        let next = try await weir.request("GET", "/next")
        #expect(next.status == 200 && next.text == "fine")
        #expect(weir.origin.connectionCount == fault.calls + 1)
        try await weir.wait(for: "everything to be given back") {
            $0.openConnections == 0 && $0.flights.flights == 0 && $0.upstreams[0].gauges.active == 0
                && $0.upstreams[0].gauges.pending == 0
        }
        let snapshot = await weir.proxy.snapshot()
        #expect(snapshot.store.insertions == 0 && snapshot.store.entries == 0)
        #expect(snapshot.upstreams[0].breakers[.other]?.consecutiveFailures == 0)
    }

    /// What becomes of a request that went out on a connection that died under it.
    enum Again: Sendable {
        /// Sent once more on a new connection, as if that one had never been.
        case silently
        /// The same, by the call whose streamed body it kept: it is told of as a call that met a dead connection.
        case fromKept
        /// It may have been acted on: only the client can tell whether to send it again.
        case not
    }

    @Test(
        "an idle connection that dies with the next request on it costs nobody anything, where that may go out again",
        arguments: [
            ("GET", "", nil, Again.silently), ("PUT", "", "", .silently), ("PUT", "", "body", .fromKept),
            ("POST", "Idempotency-Key: k\r\n", "", .silently), ("POST", "Idempotency-Key: k\r\n", "body", .fromKept),
            ("POST", "", "", .not), ("POST", "", "body", .not),
        ],
        [WireEnd.closed, .reset]
    )
    func idleConnection(example: (method: String, fields: String, body: String?, again: Again), end: WireEnd)
        async throws
    {
        try await withWeir { connection in
            while try await connection.nextRequest() != nil {
                try await connection.respond(body: "\(connection.index)")
                guard connection.index == 0 else { continue }
                try await connection.expectRequest()
                if end == .reset { await connection.reset() }
                return
            }
        } _: { weir in
            #expect(try await weir.request().text == "0")
            let second = try await weir.request(example.method, "/", fields: example.fields, body: example.body)
            let upstream = try #require(await weir.proxy.snapshot().upstreams.first)
            if case .not = example.again {
                #expect(second.status == 502)
                #expect(try second.error().code == "upstream_reset")
                #expect(weir.origin.requests.count == 2)
            } else {
                #expect(second.status == 200 && second.text == "1")
                #expect(weir.origin.requests.dropFirst().map(\.body.text) == [example.body ?? "", example.body ?? ""])
            }
            if case .silently = example.again {
                #expect(upstream.count(.lostIdle) == 0)
            } else {
                #expect(upstream.count(.lostIdle) == 1)
            }
            #expect(upstream.failures == 0 && upstream.retries.values.allSatisfy { $0 == 0 })
            #expect(upstream.breakers[.other]?.consecutiveFailures == 0)
            #expect(try await weir.request().text == "1")
            #expect(weir.origin.connectionCount == 2)
        }
    }

    @Test("an upstream that accepts no connection in time: one answer for all who wait for it, and Retry-After")
    func connectTimeout() async throws {
        try await withUnacceptingListener { port in
            try await withWeir(
                routes: HTTPCacheTests.routes,
                configure: {
                    $0.upstreams[0].url = UpstreamURL(scheme: .http, host: "127.0.0.1", port: port)
                    $0.upstreams[0].timeouts.connect = .milliseconds(300)
                }
            ) { _, _ in
            } _: { weir in
                let responses = try await FlightTests.crowd(5, of: weir) {}
                for response in responses {
                    #expect(response.status == 504 && response["Retry-After"] == "1")
                    #expect(try response.error().code == "upstream_connect_timeout")
                }
                let snapshot = await weir.proxy.snapshot()
                #expect(snapshot.upstreams[0].failures == snapshot.upstreams[0].count(.connectTimeout))
                #expect(snapshot.upstreams[0].gauges.active == 0 && snapshot.flights.flights == 0)
                #expect(snapshot.store.insertions == 0)
            }
        }
    }
}
