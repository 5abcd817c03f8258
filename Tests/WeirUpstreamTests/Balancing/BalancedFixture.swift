import Logging
import NIOCore
import NIOPosix
import WeirHTTP
import WeirTesting
import WeirUpstream

/// A ``BalancedTransport`` over direct ones, and one event loop to call it on.
struct BalancedFixture: Sendable {
    let transport: BalancedTransport
    let settings: UpstreamSettings
    let eventLoop: any EventLoop

    func call(_ request: UpstreamRequest = .test()) async throws -> TestCall {
        let (transport, eventLoop) = (transport, eventLoop)
        return try await TestCall.start(on: eventLoop) { transport.start(request, on: eventLoop, handler: $0) }
    }

    /// Calls one after the other: the body of each response, or the name of the error.
    func calls(_ count: Int, _ request: UpstreamRequest = .test()) async throws -> [String] {
        var heard: [String] = []
        for _ in 0..<count {
            let outcome = try await call(request).outcome()
            heard.append(outcome.error.map { UpstreamOutcome($0).name } ?? outcome.text)
        }
        return heard
    }

    /// Waits until the addresses are in these states.
    func wait(for states: [AddressSnapshot.State], limit: Duration = .seconds(10)) async throws {
        let transport = transport
        try await withTimeLimit(limit, "\(states)") {
            // What checks have found is not told to anyone but who asks.
            while transport.addressSnapshots.map(\.state) != states { try await Task.sleep(for: .milliseconds(2)) }
        }
    }
}

/// Runs a test with an upstream at several ports, and shuts it down.
nonisolated(nonsending) func withBalancedTransport(
    ports: [Int],
    host: HostPolicy = .upstream,
    pool: PoolSettings = PoolSettings(),
    basePath: String = "",
    ejection: EjectionSettings = EjectionSettings(),
    health: HealthSettings? = nil,
    headers: [(name: String, value: String)] = [],
    _ body: nonisolated(nonsending) (BalancedFixture) async throws -> Void
) async throws {
    let urls = ports.map { UpstreamURL(scheme: .http, host: "127.0.0.1", port: $0, basePath: basePath) }
    let settings = UpstreamSettings(
        name: "app",
        url: urls[0],
        otherURLs: Array(urls.dropFirst()),
        host: host,
        headers: headers,
        pool: pool,
        ejection: ejection,
        health: health
    )
    let eventLoop = MultiThreadedEventLoopGroup.singleton.next()
    var logger = Logger(label: "test")
    logger.logLevel = .critical
    let transport = BalancedTransport(settings: settings, checkLoop: eventLoop, logger: logger) {
        DirectTransport(settings: $0, group: eventLoop)
    }
    func shutdown() async {
        let task = Task { await transport.shutdown() }
        task.cancel()
        await task.value
    }
    do {
        try await body(BalancedFixture(transport: transport, settings: settings, eventLoop: eventLoop))
    } catch {
        await shutdown()
        throw error
    }
    await shutdown()
}

/// A port that nobody listens on.
nonisolated(nonsending) func closedPort() async throws -> Int {
    try await withScriptedOrigin { _ in
    } _: { origin in
        origin.port
    }
}

/// Answers every request on the connection with this body.
func answers(_ body: String, status: String = "200 OK") -> ScriptedOrigin.Script {
    { connection in
        while try await connection.nextRequest() != nil { try await connection.respond(status: status, body: body) }
    }
}
