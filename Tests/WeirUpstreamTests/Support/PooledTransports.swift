import NIOCore
import NIOPosix
import WeirHTTP
import WeirTesting

@testable import WeirUpstream

/// A ``DirectTransport`` to a scripted origin, and three event loops to call it on.
struct PooledTransports: Sendable {
    let origin: ScriptedOrigin
    let transport: DirectTransport
    let settings: UpstreamSettings
    let group: MultiThreadedEventLoopGroup

    var gauges: PoolGauges { transport.gauges }

    /// - Parameter loop: 0, 1 or 2.
    func call(
        _ target: String,
        on loop: Int,
        _ priority: CallPriority = .standard,
        then: @escaping @Sendable (RecordingHandler) -> Void = { _ in }
    ) async throws -> TestCall {
        let eventLoop = Array(group.makeIterator())[loop]
        let transport = transport
        return try await TestCall.start(on: eventLoop, then: then) {
            transport.start(.test(.get, target, priority: priority), on: eventLoop, handler: $0)
        }
    }

    /// The same upstream after a reload that changes its pool.
    func succeeded(by pool: PoolSettings) -> PooledTransports {
        var settings = settings
        settings.pool = pool
        let next = DirectTransport(settings: settings, group: group)
        next.succeed(transport)
        return PooledTransports(origin: origin, transport: next, settings: settings, group: group)
    }

    /// Ends the calls that are left.
    func end() async {
        let task = Task { await transport.shutdown() }
        task.cancel()
        await task.value
    }
}

/// Runs a test against an origin that follows `script`.
nonisolated(nonsending) func withPooledTransports(
    _ pool: PoolSettings,
    _ script: @escaping ScriptedOrigin.Script,
    _ body: nonisolated(nonsending) (PooledTransports) async throws -> Void
) async throws {
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 3)
    try await withScriptedOrigin(script) { origin in
        let settings = UpstreamSettings(
            name: "origin",
            url: UpstreamURL(scheme: .http, host: "127.0.0.1", port: origin.port),
            pool: pool
        )
        let transport = DirectTransport(settings: settings, group: group)
        let rig = PooledTransports(origin: origin, transport: transport, settings: settings, group: group)
        do {
            try await body(rig)
        } catch {
            await rig.end()
            throw error
        }
        await rig.end()
    }
    try await group.shutdownGracefully()
}
