import NIOCore
import NIOPosix
import NIOSSL
import WeirHTTP
import WeirTesting

@testable import WeirUpstream

/// A ``SecureTransport`` to a scripted origin behind TLS, and one event loop to call it on.
struct SecureFixture: Sendable {
    let origin: ScriptedOrigin
    let transport: SecureTransport
    let eventLoop: any EventLoop

    func call(
        _ request: UpstreamRequest,
        prepare: @escaping @Sendable (RecordingHandler) -> Void = { _ in }
    ) async throws -> TestCall {
        let (transport, eventLoop) = (transport, eventLoop)
        return try await TestCall.start(on: eventLoop, prepare: prepare) {
            transport.start(request, on: eventLoop, handler: $0)
        }
    }

    /// An offer to switch, and what is heard of its tunnel.
    func offer(_ timeouts: UpstreamTimeouts = UpstreamTimeouts()) async throws -> (TestCall, Watched<TunnelRecord>) {
        let record = Watched(TunnelRecord())
        let call = try await call(.offer(timeouts)) { $0.tunnelHandler = RecordingTunnelHandler(record: record) }
        return (call, record)
    }

    /// Gauges follow on another thread.
    func wait(for what: String, _ condition: @escaping @Sendable (PoolGauges) -> Bool) async throws {
        try await withTimeLimit(.seconds(20), what) { [transport] in
            while !condition(transport.gauges) {
                try Task.checkCancellation()
                await Task.yield()
            }
        }
    }
}

extension UpstreamRequest {
    static func offer(_ timeouts: UpstreamTimeouts = UpstreamTimeouts()) throws -> UpstreamRequest {
        var request = try upgrade()
        request.timeouts = timeouts
        return request
    }
}

/// Answers every offer with a switch and a greeting, and everything else like any server.
let switches: ScriptedOrigin.Script = { connection in
    while let request = try await connection.nextRequest() {
        guard request["Upgrade"] != nil else {
            try await connection.respond(body: "plain")
            continue
        }
        try await connection.send(
            "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nhi"
        )
        while let bytes = try await connection.wire.readSome() { try await connection.send(bytes: bytes) }
        return
    }
}

/// Runs a test against an origin behind TLS, and stops everything whatever happens.
/// - Parameters:
///   - ca: alone to be trusted.
///   - resolver: for a host that is a name.
nonisolated(nonsending) func withSecureTransport(
    to host: String = "127.0.0.1",
    ca: String = TestCertificates.authority,
    identity: (certificate: String, key: String) = (TestCertificates.server, TestCertificates.serverKey),
    pool: PoolSettings = PoolSettings(),
    resolver: any NameResolver = SystemResolver(),
    _ script: @escaping ScriptedOrigin.Script = switches,
    _ body: nonisolated(nonsending) (SecureFixture) async throws -> Void
) async throws {
    let folder = try TemporaryFolder()
    let tls = try TestCertificates.serverContext(identity.certificate, key: identity.key)
    try await withScriptedOrigin(tls: tls, script) { origin in
        let settings = UpstreamSettings(
            name: "origin",
            url: UpstreamURL(scheme: .https, host: host, port: origin.port),
            caFile: try folder.write(ca, to: "ca.pem"),
            pool: pool
        )
        let engine = CurlEngine()
        let eventLoop = MultiThreadedEventLoopGroup.singleton.next()
        let transport = SecureTransport(settings: settings, engine: engine, group: eventLoop, resolver: resolver)
        let result: Result<Void, any Error>
        do {
            try await body(SecureFixture(origin: origin, transport: transport, eventLoop: eventLoop))
            result = .success(())
        } catch {
            result = .failure(error)
        }
        // Ends what the test has left under way.
        let ending = Task { await transport.shutdown() }
        ending.cancel()
        await ending.value
        await engine.shutdown()
        try result.get()
    }
}
