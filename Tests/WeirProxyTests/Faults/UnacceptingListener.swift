import NIOCore
import NIOPosix
import WeirTesting

/// Runs a test with a port on `127.0.0.1` that takes no connection: its queue is full, and nobody empties it. The
/// system answers nothing there, as where a packet filter drops what comes.
nonisolated(nonsending) func withUnacceptingListener<Result>(
    _ body: nonisolated(nonsending) (_ port: Int) async throws -> Result
) async throws -> Result {
    let group = MultiThreadedEventLoopGroup.singleton
    let listener = try await ServerBootstrap(group: group)
        .serverChannelOption(.backlog, value: 1)
        .serverChannelOption(.autoRead, value: false)
        .bind(host: "127.0.0.1", port: 0)
        .get()
    let port = listener.localAddress?.port ?? 0
    // Linux queues one more than it is told to. Those behind them wait to be let in, like all that come later.
    let queued = Watched(0)
    let attempts = (0..<4).map { _ in
        ClientBootstrap(group: group).connectTimeout(.minutes(1)).connect(host: "127.0.0.1", port: port)
    }
    for attempt in attempts { attempt.whenSuccess { _ in queued.update { $0 += 1 } } }
    let result: Swift.Result<Result, any Error>
    do {
        try await queued.wait(for: "the queue to be full") { $0 >= 2 ? () : nil }
        result = .success(try await body(port))
    } catch {
        result = .failure(error)
    }
    try await listener.close()
    // Those in the queue are reset, the others refused.
    for attempt in attempts { try? await attempt.get().close() }
    return try result.get()
}
