import NIOCore
import Testing
import WeirTesting
import WeirUpstream

@testable import WeirProxy

/// Connections that switch to another protocol.
@Suite struct TunnelTests {
    static let handshake =
        "GET /chat HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: k\r\n\r\n"
    static let accepted =
        "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: a\r\n\r\n"

    /// An origin that switches and then does as it is told.
    private nonisolated(nonsending) func withTunnel(
        tunnelIdle: TimeAmount = .minutes(10),
        drain: TimeAmount = .seconds(5),
        _ talk: @escaping @Sendable (OriginConnection) async throws -> Void,
        _ body: nonisolated(nonsending) (Weir, RawClient) async throws -> Void
    ) async throws {
        try await withWeir(
            configure: {
                $0.limits.tunnelIdle = tunnelIdle
                $0.drain = drain
            }
        ) { connection in
            guard try await connection.nextRequest() != nil else { return }
            try await connection.send(Self.accepted)
            try await talk(connection)
        } _: { weir in
            try await withRawClient(port: weir.port) { client in
                try await client.send(Self.handshake)
                let head = try await client.wire.readHead()
                #expect(head.status == 101)
                #expect(head["Upgrade"] == "websocket" && head["Connection"] == "Upgrade")
                #expect(head["Sec-WebSocket-Accept"] == "a" && head["Content-Length"] == nil)
                try await body(weir, client)
            }
            let request = weir.origin.requests[0]
            #expect(request["Upgrade"] == "websocket" && request["Connection"] == "Upgrade")
            #expect(request["Sec-WebSocket-Key"] == "k")
        }
    }

    private func expectReset(_ wire: WireConnection) async throws {
        let (bytes, end) = try await wire.readToEnd()
        #expect(end == .reset)
        #expect(bytes.count <= 1)
    }

    @Test("bytes go both ways as they are, and are counted; the handshake is all that the breaker and the route see")
    func bothWays() async throws {
        try await withTunnel { connection in
            #expect(try await connection.wire.read(count: 5) == [0, 13, 10, 255, 1])
            try await connection.send(bytes: [7, 0, 9])
            try await connection.expectEnd()
        } _: { weir, client in
            try await client.send(bytes: [0, 13, 10, 255, 1])
            #expect(try await client.wire.read(count: 3) == [7, 0, 9])
            let open = await weir.proxy.snapshot()
            #expect(open.totals.tunnelsOpened == 1 && open.totals.tunnelsClosed == 0)
            #expect(open.totals.tunnelBytesIn == 5 && open.totals.tunnelBytesOut == 3)
            #expect(open.routes[0].metrics.requestsByClass == [1, 0, 0, 0, 0])
            #expect(open.upstreams[0].count(.success) == 1)
            // The connection keeps its place in the pool.
            #expect(open.upstreams[0].gauges.active == 1)
            await client.close()
            try await weir.wait(for: "the tunnel's end") { $0.totals.tunnelsClosed == 1 && $0.openConnections == 0 }
            try await weir.wait(for: "the place to be free") { $0.upstreams[0].gauges.active == 0 }
        }
    }

    @Test("what either side sends right behind the handshake is not lost")
    func early() async throws {
        try await withWeir { connection in
            try await connection.expectRequest()
            try await connection.send(Self.accepted + "hello from the origin")
            #expect(try await connection.wire.read(count: 5) == Array("hello".utf8))
            try await connection.expectEnd()
        } _: { weir in
            try await withRawClient(port: weir.port) { client in
                try await client.send(Self.handshake + "hello")
                _ = try await client.wire.readHead()
                #expect(try await client.wire.read(count: 21) == Array("hello from the origin".utf8))
            }
        }
    }

    @Test("a side that is done sending still receives", arguments: [true, false])
    func halfClosed(isClientFirst: Bool) async throws {
        try await withTunnel { connection in
            if isClientFirst {
                #expect(try await connection.wire.readToEnd().bytes == Array("question".utf8))
                try await connection.send("answer")
                try await connection.wire.closeOutput()
            } else {
                try await connection.send("answer")
                try await connection.wire.closeOutput()
                #expect(try await connection.wire.readToEnd().bytes == Array("question".utf8))
            }
        } _: { weir, client in
            if isClientFirst {
                try await client.send("question")
                try await client.wire.closeOutput()
            }
            let (bytes, end) = try await client.wire.readToEnd()
            #expect(bytes == Array("answer".utf8) && end == .closed)
            if !isClientFirst {
                try await client.send("question")
                try await client.wire.closeOutput()
            }
            try await weir.wait(for: "the tunnel's end") { $0.totals.tunnelsClosed == 1 }
        }
    }

    @Test("a reset of one side is one for the other", arguments: [true, false])
    func reset(isClient: Bool) async throws {
        let gate = Gate()
        try await withTunnel { connection in
            if isClient {
                try await expectReset(connection.wire)
            } else {
                try await gate.wait()
                await connection.reset()
            }
        } _: { weir, client in
            if isClient {
                await client.reset()
                try await weir.wait(for: "the tunnel's end") { $0.totals.tunnelsClosed == 1 }
            } else {
                gate.open()
                try await expectReset(client.wire)
            }
        }
    }

    @Test("who does not take what it is sent stops the other side, and nothing is lost", arguments: [true, false])
    func backPressure(isClientSlow: Bool) async throws {
        let count = 24 << 20
        let sent = Watched(0)
        let gate = Gate()
        @Sendable func pour(_ wire: WireConnection) async throws {
            for offset in stride(from: 0, to: count, by: 1 << 20) {
                try await wire.send(bytes: patternBytes(count: 1 << 20, from: offset))
                sent.update { $0 += 1 << 20 }
            }
        }
        @Sendable func drink(_ wire: WireConnection) async throws {
            try await gate.wait(limit: .seconds(30))
            try await wire.resumeReading()
            #expect(try await wire.read(count: count) == patternBytes(count: count))
        }
        try await withTunnel { connection in
            if isClientSlow {
                try await pour(connection.wire)
                try await connection.expectEnd()
            } else {
                try await connection.wire.pauseReading()
                try await drink(connection.wire)
                try await connection.send("done")
                try await connection.expectEnd()
            }
        } _: { weir, client in
            if isClientSlow {
                try await client.wire.pauseReading()
                try await sent.wait(for: "the origin to get going") { $0 > 0 ? () : nil }
                // It cannot get further than what buffers take.
                gate.open()
                try await drink(client.wire)
            } else {
                async let pouring: Void = pour(client.wire)
                try await sent.wait(for: "the client to get going") { $0 > 0 ? () : nil }
                gate.open()
                try await pouring
                #expect(try await client.wire.read(count: 4) == Array("done".utf8))
            }
            let totals = await weir.proxy.snapshot().totals
            #expect(max(totals.tunnelBytesIn, totals.tunnelBytesOut) == UInt64(count))
        }
    }

    @Test("a tunnel in which nobody says anything is reset after its own time, not a connection's")
    func idle() async throws {
        try await withTunnel(tunnelIdle: .seconds(100)) { connection in
            try await expectReset(connection.wire)
        } _: { weir, client in
            try await weir.pass(.seconds(70))
            try await client.send("x")
            try await weir.wait(for: "the byte") { $0.totals.tunnelBytesIn == 1 }
            try await weir.pass(.seconds(70))
            #expect(await weir.proxy.snapshot().totals.tunnelsClosed == 0)
            weir.clock.advance(by: .seconds(31))
            try await expectReset(client.wire)
        }
    }

    @Test("stopping leaves tunnels their time, then resets them")
    func drain() async throws {
        try await withTunnel(drain: .milliseconds(100)) { connection in
            try await expectReset(connection.wire)
        } _: { weir, client in
            async let stopped: Void = weir.proxy.stop()
            try await expectReset(client.wire)
            await stopped
            #expect(await weir.proxy.snapshot().openConnections == 0)
        }
    }

    @Test("an upstream that does not switch answers like any other, and the connection goes on in HTTP")
    func refused() async throws {
        try await withWeir { _, connection in
            try await connection.respond(status: "426 Upgrade Required", fields: "Upgrade: websocket\r\n", body: "no")
        } _: { weir in
            try await withRawClient(port: weir.port) { client in
                try await client.send(Self.handshake + "GET /next HTTP/1.1\r\nHost: a\r\n\r\n")
                for _ in 0..<2 {
                    let response = try await client.response()
                    #expect(response.status == 426 && response.text == "no")
                }
            }
            #expect(weir.origin.requests.map { $0["Upgrade"] } == ["websocket", nil])
            #expect(await weir.proxy.snapshot().totals.tunnelsOpened == 0)
        }
    }

    @Test(
        "a 101 for another protocol than was offered, or that nobody asked for, is no answer",
        arguments: [
            (handshake, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: smtp\r\n\r\n"),
            (handshake, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\n\r\n"),
            ("GET / HTTP/1.1\r\nHost: a\r\n\r\n", accepted),
        ]
    )
    func unsolicited(request: String, answer: String) async throws {
        try await withWeir(
            configure: { $0.upstreams[0].retry.attempts = 1 }
        ) { connection in
            try await connection.expectRequest()
            try await connection.send(answer)
            _ = try? await connection.wire.readToEnd()
        } _: { weir in
            try await withRawClient(port: weir.port) { client in
                try await client.send(request)
                let response = try await client.response()
                #expect(response.status == 502)
                #expect(try response.error().code == "upstream_malformed")
            }
            #expect(await weir.proxy.snapshot().upstreams[0].count(.malformed) == 1)
        }
    }

    @Test(
        "what is no offer to switch goes on without one",
        arguments: [
            "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AA\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nContent-Length: 0\r\n\r\n",
            "GET / HTTP/1.0\r\nHost: a\r\nConnection: Upgrade, keep-alive\r\nUpgrade: websocket\r\n\r\n",
        ]
    )
    func noOffer(request: String) async throws {
        try await withWeir { _, connection in
            try await connection.respond(body: "plain")
        } _: { weir in
            try await withRawClient(port: weir.port) { client in
                try await client.send(request)
                #expect(try await client.response().text == "plain")
            }
            let received = weir.origin.requests[0]
            #expect(received["Upgrade"] == nil && received["Connection"] == nil && received["HTTP2-Settings"] == nil)
        }
    }
}
