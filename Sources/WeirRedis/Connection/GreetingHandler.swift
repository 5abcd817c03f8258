import NIOCore
import WeirUpstream

/// Greets a server on a channel that has just connected, and leaves the pipeline when the server has taken it.
final class GreetingHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// Fails with a ``RedisError``; the channel is closed then.
    let done: EventLoopPromise<Void>
    private var greeting: Greeting
    private let reader = ReplyReader()
    private var timer: Scheduled<Void>?
    private var isOver = false

    init(_ greeting: Greeting, on eventLoop: any EventLoop) {
        self.greeting = greeting
        done = eventLoop.makePromise()
    }

    /// The handler is in the pipeline.
    func begin(_ channel: any Channel, until deadline: NIODeadline) {
        guard channel.isActive else { return fail(.closed, channel) }
        var writer = CommandWriter()
        for command in greeting.commands { writer.append(command) }
        writer.take { channel.write($0, promise: nil) }
        channel.flush()
        guard !isOver else { return }
        timer = channel.eventLoop.assumeIsolated().scheduleTask(deadline: deadline) { self.fail(.timedOut, channel) }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var isReady = false
        do {
            try reader.read(unwrapInboundIn(data)) { (reply) throws(ReplyReader.Violation) in
                guard !isOver else { return }
                // Nothing was asked for that could be answered behind the greeting.
                guard !isReady else { throw ReplyReader.Violation() }
                switch greeting.received(reply) {
                case .wait: break
                case .ready: isReady = true
                case .refused(let text): fail(.refused(text), context.channel)
                }
            }
        } catch {
            return fail(.protocolViolation, context.channel)
        }
        guard isReady, !isOver else { return }
        isOver = true
        timer?.cancel()
        context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
        done.succeed()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { fail(.closed, context.channel) }

    func channelInactive(context: ChannelHandlerContext) {
        fail(.closed, context.channel)
        context.fireChannelInactive()
    }

    private func fail(_ error: RedisError, _ channel: any Channel) {
        guard !isOver else { return }
        isOver = true
        timer?.cancel()
        done.fail(error)
        channel.closeTransport()
    }
}
