import NIOCore
import Testing
import WeirTesting
import WeirUpstream

@testable import WeirProxy

/// Offers to switch protocols, and tunnels, where upstreams fail and configurations change.
@Suite struct TunnelLifeTests {
    private static let switching: ScriptedOrigin.Script = { connection in
        while let request = try await connection.nextRequest() {
            guard request["Upgrade"] != nil else {
                try await connection.respond(body: "plain")
                continue
            }
            try await connection.send(TunnelTests.accepted)
            while let byte = try? await connection.wire.read(count: 1) { try await connection.send(bytes: byte) }
            return
        }
    }

    private func expectEcho(_ client: RawClient) async throws {
        try await client.send("x")
        #expect(try await client.wire.read(count: 1) == Array("x".utf8))
    }

    @Test("an offer that was sent is not made again when the connection breaks, nor to the fallback")
    func sentOnce() async throws {
        try await withWeir(
            configure: {
                $0.upstreams[0].retry.attempts = 3
                $0.upstreams.append(UpstreamSettings(name: "other", url: $0.upstreams[0].url))
                $0.routes[0].fallback = FallbackSettings(upstream: "other")
            }
        ) { connection in
            try await connection.expectRequest()
        } _: { weir in
            try await withRawClient(port: weir.port) { client in
                try await client.send(TunnelTests.handshake)
                let response = try await client.response()
                #expect(response.status == 502)
                #expect(try response.error().code == "upstream_reset")
            }
            #expect(weir.origin.requests.count == 1 && weir.origin.requests[0]["Upgrade"] == "websocket")
            let upstreams = await weir.proxy.snapshot().upstreams
            #expect(upstreams[0].retries.values.allSatisfy { $0 == 0 })
            #expect(upstreams[0].fallbacks.values.allSatisfy { $0 == 0 } && upstreams[1].requests == 0)
        }
    }

    @Test("an offer goes out on a new connection, so that no idle one can lose it")
    func newConnection() async throws {
        try await withWeir(
            configure: { $0.upstreams[0].pool.max = 1 },
            script: Self.switching
        ) { weir in
            #expect(try await weir.request().text == "plain")
            try await withRawClient(port: weir.port) { client in
                try await client.send(TunnelTests.handshake)
                #expect(try await client.wire.readHead().status == 101)
                try await expectEcho(client)
                #expect(weir.origin.connectionCount == 2)
                // The used one has left its place to it.
                #expect(await weir.proxy.snapshot().upstreams[0].gauges.active == 1)
                #expect(await weir.proxy.snapshot().upstreams[0].gauges.idle == 0)
            }
            try await weir.wait(for: "the place to be free") { $0.upstreams[0].gauges.active == 0 }
            #expect(try await weir.request().text == "plain")
        }
    }

    @Test("a tunnel goes on over a reload that takes its upstream away, which closes behind it")
    func reload() async throws {
        try await withWeir(script: Self.switching) { weir in
            try await withRawClient(port: weir.port) { client in
                try await client.send(TunnelTests.handshake)
                #expect(try await client.wire.readHead().status == 101)
                var settings = weir.proxy.settings
                settings.upstreams[0].name = "other"
                settings.routes[0].upstream = "other"
                try await weir.proxy.reload(settings)
                #expect(await weir.proxy.snapshot().configuration.generationsInUse == 1)
                #expect(try await weir.request().text == "plain")
                try await expectEcho(client)
                #expect(await weir.proxy.snapshot().totals.tunnelsClosed == 0)
            }
            try await weir.wait(for: "the tunnel's end") { $0.totals.tunnelsClosed == 1 }
        }
    }

    @Test("a tunnel whose listener goes away has the time of draining, however busy it is")
    func listenerGone() async throws {
        try await withWeir(configure: { $0.drain = .seconds(30) }, script: Self.switching) { weir in
            var settings = weir.proxy.settings
            let before = settings
            settings.listen.append(ListenerSettings(ListenAddress(host: "127.0.0.1", port: 0)))
            try await weir.proxy.reload(settings)
            try await withRawClient(port: weir.proxy.addresses[1].port) { client in
                try await client.send(TunnelTests.handshake)
                #expect(try await client.wire.readHead().status == 101)
                try await weir.proxy.reload(before)
                weir.clock.advance(by: .seconds(29))
                try await expectEcho(client)
                weir.clock.advance(by: .seconds(2))
                #expect(try await client.wire.readToEnd().end == .reset)
            }
            #expect(await weir.proxy.snapshot().totals.tunnelsClosed == 1)
        }
    }

    @Test("stopping waits for a tunnel no longer than that is open")
    func stopsWithTheLastTunnel() async throws {
        try await withWeir(configure: { $0.drain = .minutes(10) }, script: Self.switching) { weir in
            let client = try await RawClient.connect(port: weir.port)
            try await client.send(TunnelTests.handshake)
            #expect(try await client.wire.readHead().status == 101)
            async let stopped: Void = weir.proxy.stop()
            try await weir.wait(for: "the draining") { $0.isDraining }
            try await expectEcho(client)
            await client.close()
            await stopped
            #expect(await weir.proxy.snapshot().totals.tunnelsClosed == 1)
        }
    }

    @Test("hints of a try that fails reach the client, and the next try's answer is the answer")
    func hints() async throws {
        let tries = Watched(0)
        try await withWeir { _, connection in
            try await connection.send("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n")
            if tries.update({
                $0 += 1; return $0
            }) == 1 {
                return await connection.reset()
            }
            try await connection.respond(body: "fine")
        } _: { weir in
            try await withRawClient(port: weir.port) { client in
                try await client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
                for _ in 0..<2 { #expect(try await client.wire.readHead().status == 103) }
                #expect(try await client.response().text == "fine")
            }
            #expect(weir.origin.requests.count == 2)
        }
    }
}
