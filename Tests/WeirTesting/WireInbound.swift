import NIOCore

/// Puts what a channel receives into an inbox.
final class WireInbound: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let inbox: Watched<WireConnection.Inbox>

    init(inbox: Watched<WireConnection.Inbox>) { self.inbox = inbox }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = unwrapInboundIn(data)
        inbox.update {
            $0.bytes.writeImmutableBuffer(bytes)
            $0.total += bytes.readableBytes
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if let event = event as? ChannelEvent, case .inputClosed = event { finish(.closed) }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        finish(.reset)
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) { finish(.closed) }

    private func finish(_ end: WireEnd) {
        inbox.update { if $0.end == nil { $0.end = end } }
    }
}
