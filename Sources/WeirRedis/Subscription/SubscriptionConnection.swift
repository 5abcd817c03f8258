import NIOCore
import WeirUpstream

/// The connection of a subscription: the last handler of its channel. Decides nothing.
final class SubscriptionConnection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private weak var loop: SubscriptionLoop?
    private var context: ChannelHandlerContext?
    private let reader: ReplyReader
    private var isEnded = false

    init(_ settings: RedisSettings, loop: SubscriptionLoop) {
        self.loop = loop
        reader = ReplyReader(bounds: ReplyBounds(bulk: settings.bulk))
    }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    func send(_ command: RedisCommand) {
        guard let context, !isEnded else { return }
        var writer = CommandWriter()
        writer.append(command)
        writer.take { context.write(wrapOutboundOut($0), promise: nil) }
        context.flush()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isEnded else { return }
        do {
            try reader.read(unwrapInboundIn(data)) { (reply) throws(ReplyReader.Violation) in
                if !isEnded { loop?.received(reply) }
            }
        } catch {
            end()
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { end() }

    func channelInactive(context: ChannelHandlerContext) {
        end()
        context.fireChannelInactive()
    }

    func end() {
        guard !isEnded else { return }
        isEnded = true
        context?.channel.closeTransport()
        loop?.ended(self)
    }
}
