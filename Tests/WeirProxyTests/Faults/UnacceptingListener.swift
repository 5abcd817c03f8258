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
    var queued: [any Channel] = []
    while queued.count < 16,
        let channel = try? await ClientBootstrap(group: group)
            .connectTimeout(.milliseconds(200))
            .connect(host: "127.0.0.1", port: port)
            .get()
    {
        queued.append(channel)
    }
    let result: Swift.Result<Result, any Error>
    do { result = .success(try await body(port)) } catch { result = .failure(error) }
    for channel in queued { try? await channel.close() }
    try await listener.close()
    guard queued.count < 16 else { throw WireMismatch("the listener's queue has no end") }
    return try result.get()
}
