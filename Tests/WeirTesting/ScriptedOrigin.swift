import NIOCore
import NIOPosix
package import NIOSSL
import Synchronization

/// An origin server on a port of its own that does what a script says, connection by connection.
///
///     try await withScriptedOrigin { connection in
///         try await connection.expectRequest()
///         try await connection.respond(body: "hello")
///     } _: { origin in
///         …
///         #expect(origin.requests.map(\.target) == ["/"])
///     }
///
/// The script runs once for each connection, at the same time; `connection.index` tells them apart. When it returns,
/// the connection is closed; when it throws before the test is over, the test fails with that error.
package final class ScriptedOrigin: Sendable {
    package typealias Script = @Sendable (OriginConnection) async throws -> Void

    private struct State {
        var scripts: [Task<Void, Never>] = []
        var channels: [any Channel] = []
        var failure: (any Error)?
        var isStopping = false
    }

    private let listener: any Channel
    private let state: SharedState
    private let recorded: Watched<[ReceivedRequest]>
    private let accepted: Watched<Int>

    private final class SharedState: Sendable { let locked = Mutex(State()) }

    package let port: Int
    package var url: String { "http://127.0.0.1:\(port)" }

    /// Every request read whole so far, in the order in which they were.
    package var requests: [ReceivedRequest] { recorded.value }
    /// Connections accepted so far.
    package var connectionCount: Int { accepted.value }

    private init(
        listener: any Channel,
        state: SharedState,
        recorded: Watched<[ReceivedRequest]>,
        accepted: Watched<Int>
    ) {
        self.listener = listener
        self.state = state
        self.recorded = recorded
        self.accepted = accepted
        port = listener.localAddress?.port ?? 0
    }

    package func waitForRequests(count: Int, limit: Duration = .seconds(10)) async throws {
        try await recorded.wait(for: "\(count) requests", limit: limit) { $0.count >= count ? () : nil }
    }

    package func waitForConnections(count: Int, limit: Duration = .seconds(10)) async throws {
        try await accepted.wait(for: "\(count) connections", limit: limit) { $0 >= count ? () : nil }
    }

    static func start(
        port: Int,
        limit: Duration,
        tls: NIOSSLContext?,
        script: @escaping Script
    ) async throws -> ScriptedOrigin {
        let state = SharedState()
        let recorded = Watched<[ReceivedRequest]>([])
        let accepted = Watched(0)
        let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let inbox = Watched(WireConnection.Inbox())
                    if let tls { try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls)) }
                    try channel.pipeline.syncOperations.addHandler(WireInbound(inbox: inbox))
                    let wire = WireConnection(channel: channel, inbox: inbox, limit: limit)
                    let index = accepted.update { count in
                        defer { count += 1 }
                        return count
                    }
                    run(script, on: OriginConnection(index: index, wire: wire, requests: recorded), state: state)
                }
            }
            .bind(host: "127.0.0.1", port: port)
            .get()
        return ScriptedOrigin(listener: listener, state: state, recorded: recorded, accepted: accepted)
    }

    private static func run(_ script: @escaping Script, on connection: OriginConnection, state: SharedState) {
        state.locked.withLock { locked in
            guard !locked.isStopping else { return }
            locked.channels.append(connection.wire.channel)
            locked.scripts.append(
                Task {
                    do {
                        try await script(connection)
                    } catch {
                        state.locked.withLock {
                            if $0.failure == nil && !$0.isStopping { $0.failure = error }
                        }
                    }
                    await connection.close()
                }
            )
        }
    }

    /// Stops listening, without a word to the connections there are.
    package func stopListening() async { try? await listener.close() }

    /// Ends everything.
    /// - Returns: the first error that a script threw before.
    func stop() async -> (any Error)? {
        let (scripts, channels) = state.locked.withLock { state in
            state.isStopping = true
            return (state.scripts, state.channels)
        }
        try? await listener.close()
        for script in scripts { script.cancel() }
        for channel in channels { try? await channel.close() }
        for script in scripts { await script.value }
        return state.locked.withLock { $0.failure }
    }
}

/// Runs a test against an origin that follows `script`, and cleans up whatever happens.
/// - Parameters:
///   - port: 0 for any free one.
///   - limit: for every single wait of the script's.
///   - tls: what it speaks TLS with; it speaks none where nil. An end without a good-bye is a ``WireEnd/reset``.
package nonisolated(nonsending) func withScriptedOrigin<Result>(
    port: Int = 0,
    limit: Duration = .seconds(10),
    tls: NIOSSLContext? = nil,
    _ script: @escaping ScriptedOrigin.Script,
    _ body: nonisolated(nonsending) (ScriptedOrigin) async throws -> Result
) async throws -> Result {
    let origin = try await ScriptedOrigin.start(port: port, limit: limit, tls: tls, script: script)
    let result: Result
    do {
        result = try await body(origin)
    } catch {
        // What the origin's script stumbled over is most often why the test did.
        if let failure = await origin.stop() { throw WireMismatch("\(error); the origin's script: \(failure)") }
        throw error
    }
    if let failure = await origin.stop() { throw failure }
    return result
}
