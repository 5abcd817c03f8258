import NIOCore
import NIOPosix
import WeirTesting

/// Plays a server that answers as a script says, whole commands or not: each read of a client's bytes is one step.
final class ScriptedRedis: Sendable {
    private let channel: any Channel

    var port: Int { channel.localAddress?.port ?? 0 }

    /// - Parameter answer: what to send for what a connection has sent at once; nil closes the connection.
    init(_ answer: @escaping @Sendable (String) -> String?) async throws {
        channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Handler(answer))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
    }

    func stop() async { try? await channel.close() }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        private let answer: @Sendable (String) -> String?

        init(_ answer: @escaping @Sendable (String) -> String?) { self.answer = answer }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            guard let text = answer(String(buffer: unwrapInboundIn(data))) else { return context.close(promise: nil) }
            context.channel.writeAndFlush(ByteBuffer(string: text), promise: nil)
        }
    }
}
