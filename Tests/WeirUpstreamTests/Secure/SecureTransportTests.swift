import NIOCore
import NIOPosix
import Testing
import WeirHTTP
import WeirTesting

@testable import WeirUpstream

/// Offers to switch protocols, to an upstream behind TLS.
@Suite("SecureTransport", .timeLimit(.minutes(1)))
struct SecureTransportTests {
    private static let expired = (certificate: TestCertificates.expired, key: TestCertificates.expiredKey)

    @Test("A switch makes a tunnel, which keeps its place until it closes")
    func tunnel() async throws {
        try await withSecureTransport { fixture in
            let (call, tunnel) = try await fixture.offer()
            #expect(try await call.outcome().hasSwitched)
            try await tunnel.wait(for: "what came behind the switch") { $0.text == "hi" ? () : nil }
            try await call.onLoop {
                $0.tunnel?.send(ByteBuffer(string: " there"))
                $0.tunnel?.flush()
            }
            try await tunnel.wait(for: "the echo") { $0.text == "hi there" ? () : nil }
            #expect(fixture.transport.gauges == PoolGauges(active: 1, idle: 0, pending: 0, max: 100))
            try await call.onLoop { $0.tunnel?.finish() }
            let loss = try await tunnel.wait(for: "the end") { $0.loss }
            #expect(loss == .closed)
            try await fixture.wait(for: "the place to be free") { $0 == PoolGauges(max: 100) }
        }
        // Nobody wants the tunnel: it is reset, and its place free.
        try await withSecureTransport { fixture in
            #expect(try await fixture.call(.offer()).outcome().hasSwitched)
            try await fixture.wait(for: "the place to be free") { $0.active == 0 }
        }
    }

    @Test(
        "An end with TLS's good-bye, one without, and a reset are told apart",
        arguments: [TunnelLoss.closed, .cut, .reset]
    )
    func losses(expected: TunnelLoss) async throws {
        let gate = Gate()
        try await withSecureTransport { connection in
            try await connection.expectRequest()
            try await connection.send(
                "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nlast words"
            )
            try await gate.wait()
            switch expected {
            case .closed: await connection.close()
            case .cut: await connection.cut()
            case .reset: await connection.reset()
            }
        } _: { fixture in
            let (call, tunnel) = try await fixture.offer()
            #expect(try await call.outcome().hasSwitched)
            gate.open()
            if expected == .closed {
                try await tunnel.wait(for: "the end") { $0.hasEnded ? () : nil }
                try await call.onLoop { $0.tunnel?.finish() }
            }
            let record = try await tunnel.wait(for: "the loss") { $0.loss == nil ? nil : $0 }
            #expect(record.loss == expected && record.text == "last words")
            try await fixture.wait(for: "the place to be free") { $0.active == 0 }
        }
    }

    @Test("An answer that is no switch is passed on, and its connection closed; nothing of it is kept")
    func refused() async throws {
        try await withSecureTransport { connection in
            try await connection.expectRequest()
            try await connection.respond(status: "403 Forbidden", body: "not for you")
            #expect(try await connection.expectEnd() == .closed)
        } _: { fixture in
            for count in 1...2 {
                let answer = try await fixture.call(.offer()).response()
                #expect(answer.status == 403 && answer.text == "not for you")
                #expect(fixture.origin.connectionCount == count)
                try await fixture.wait(for: "the place to be free") { $0 == PoolGauges(max: 100) }
            }
        }
    }

    @Test("A body that runs to the end of its connection is whole with TLS's good-bye alone", arguments: [true, false])
    func closeDelimited(isWhole: Bool) async throws {
        try await withSecureTransport { connection in
            try await connection.expectRequest()
            try await connection.send("HTTP/1.1 403 Forbidden\r\n\r\nhello")
            if isWhole { await connection.close() } else { await connection.cut() }
        } _: { fixture in
            let answer = try await fixture.call(.offer()).outcome()
            #expect(answer.text == "hello")
            #expect(answer.error == (isWhole ? nil : .reset))
        }
    }

    @Test("Everything but an offer goes through libcurl")
    func plain() async throws {
        try await withSecureTransport { fixture in
            #expect(try await fixture.call(.test()).response().text == "plain")
            let (call, _) = try await fixture.offer()
            #expect(try await call.outcome().hasSwitched)
            #expect(fixture.origin.requests.count == 2)
        }
    }

    @Test("Who is not the upstream is not spoken to")
    func refusals() async throws {
        func objection(
            ca: String = TestCertificates.authority,
            identity: (certificate: String, key: String) = (TestCertificates.server, TestCertificates.serverKey)
        ) async throws -> UpstreamError? {
            var result: UpstreamError?
            try await withSecureTransport(ca: ca, identity: identity) { connection in
                let head = try? await connection.wire.readHead()
                #expect(head == nil)
            } _: { fixture in
                result = try await fixture.call(.offer()).error()
                try await fixture.wait(for: "the place to be free") { $0.active == 0 }
            }
            return result
        }
        #expect(
            try await objection(ca: TestCertificates.stranger) == .tls("unable to get local issuer certificate")
        )
        #expect(try await objection(identity: Self.expired) == .tls("certificate has expired"))
    }

    @Test("A name is looked up as for any call, and is what the certificate has to show")
    func name() async throws {
        let resolver = ScriptedResolver()
        try await withSecureTransport(to: "localhost", resolver: resolver) { fixture in
            let (call, _) = try await fixture.offer()
            try await resolver.answer(["127.0.0.1"], port: fixture.origin.port)
            #expect(try await call.outcome().hasSwitched)
            #expect(resolver.count == 1)
        }
        let other = ScriptedResolver()
        try await withSecureTransport(to: "other.test", resolver: other) { connection in
            _ = try? await connection.wire.readHead()
        } _: { fixture in
            let call = try await fixture.call(.offer())
            // The certificate is good for this address, but not for this name.
            try await other.answer(["127.0.0.1"], port: fixture.origin.port)
            #expect(try await call.error() == .tls("hostname mismatch"))
        }
    }

    @Test("No TLS, or none in time")
    func noTLS() async throws {
        try await withScriptedOrigin { connection in
            _ = try await connection.wire.readSome()
            if connection.index == 0 { try await connection.send("HTTP/1.1 400 Bad Request\r\n\r\n") }
            _ = try? await connection.wire.readToEnd()
        } _: { plain in
            let url = UpstreamURL(scheme: .https, host: "127.0.0.1", port: plain.port)
            let tls = UpstreamTLS(UpstreamSettings(name: "plain", url: url))
            for patience in [TimeAmount.seconds(10), .milliseconds(100)] {
                let error = await #expect(throws: (any Error).self) {
                    try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                        .connect(host: "127.0.0.1", port: plain.port)
                        .flatMap { tls.beginHandshake($0, until: .now() + patience).done.futureResult }
                        .get()
                }
                let failure = ConnectFailure.upstreamError(try #require(error), authority: url.authority)
                let isFirst = patience == .seconds(10)
                #expect(failure == (isFirst ? .tls("the handshake failed: wrong version number") : .connectTimeout))
            }
        }
    }

    @Test("The connection's time is that of its handshake too, and the call's is that of its waiting")
    func timeouts() async throws {
        let ended = Watched(0)
        try await withScriptedOrigin { connection in
            _ = try? await connection.wire.readToEnd()
            ended.update { $0 += 1 }
        } _: { silent in
            let url = UpstreamURL(scheme: .https, host: "127.0.0.1", port: silent.port)
            let settings = UpstreamSettings(name: "silent", url: url, pool: PoolSettings(max: 1))
            let engine = CurlEngine()
            let eventLoop = MultiThreadedEventLoopGroup.singleton.next()
            let transport = SecureTransport(settings: settings, engine: engine, group: eventLoop)
            func call(_ timeouts: UpstreamTimeouts) async throws -> TestCall {
                let request = try UpstreamRequest.offer(timeouts)
                return try await TestCall.start(on: eventLoop) { transport.start(request, on: eventLoop, handler: $0) }
            }
            #expect(try await call(UpstreamTimeouts(connect: .milliseconds(100))).error() == .connectTimeout)
            #expect(try await call(UpstreamTimeouts(total: .milliseconds(100))).error() == .totalTimeout)
            let first = try await call(UpstreamTimeouts(connect: .seconds(30)))
            // It waits for the first one's place.
            #expect(try await call(UpstreamTimeouts(total: .milliseconds(100))).error() == .totalTimeout)
            try await first.cancel()
            try await ended.wait(for: "the end of its handshake") { $0 == 3 ? () : nil }
            #expect(try await call(UpstreamTimeouts(connect: .milliseconds(100))).error() == .connectTimeout)
            await transport.shutdown()
            await engine.shutdown()
        }
    }

    @Test("Offers and calls wait for each other's places, in order; one that leaves makes way")
    func places() async throws {
        let pool = PoolSettings(max: 1, pending: 2)
        try await withSecureTransport(pool: pool) { fixture in
            let (first, _) = try await fixture.offer()
            #expect(try await first.outcome().hasSwitched)
            let left = try await fixture.call(.offer())
            let plain = try await fixture.call(.test())
            // libcurl's thread takes its place in the queue.
            try await fixture.wait(for: "it to wait") { $0.pending == 2 }
            #expect(try await fixture.call(.offer()).error() == .busy)
            #expect(fixture.transport.gauges == PoolGauges(active: 1, idle: 0, pending: 2, max: 1))
            try await left.cancel()
            let (last, tunnel) = try await fixture.offer()
            try await first.onLoop { $0.tunnel?.reset() }
            #expect(try await plain.response().text == "plain")
            #expect(try await last.outcome().hasSwitched)
            try await tunnel.wait(for: "the tunnel") { $0.text == "hi" ? () : nil }
            #expect(fixture.transport.gauges.active == 1)
            #expect(left.record.value.lateWords == 0 && !left.record.value.isOver)
        }
    }

    @Test("Stopping waits for tunnels; cut short, it ends calls and tunnels")
    func shutdown() async throws {
        try await withSecureTransport(pool: PoolSettings(max: 1)) { fixture in
            let (call, tunnel) = try await fixture.offer()
            #expect(try await call.outcome().hasSwitched)
            let waiting = try await fixture.call(.offer())
            let stopped = Watched(false)
            let stopping = Task { [transport = fixture.transport] in
                await transport.shutdown()
                stopped.update { $0 = true }
            }
            try await call.onLoop {
                $0.tunnel?.send(ByteBuffer(string: "!"))
                $0.tunnel?.flush()
            }
            try await tunnel.wait(for: "the echo") { $0.text == "hi!" ? () : nil }
            #expect(!stopped.value)
            stopping.cancel()
            await stopping.value
            #expect(try await waiting.error() == .draining)
            let loss = try await tunnel.wait(for: "the end") { $0.loss }
            #expect(loss != .cut)
            #expect(try await fixture.call(.offer()).error() == .draining)
        }
    }
}
