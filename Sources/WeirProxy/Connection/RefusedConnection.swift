import NIOCore

/// A connection over a limit: told so at once, and closed.
final class RefusedConnection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let worker: Worker

    private let error: ProxyError

    init(worker: Worker, error: ProxyError) {
        self.worker = worker
        self.error = error
    }

    func channelActive(context: ChannelHandlerContext) {
        worker.metrics.connectionsRefused += 1
        let refusal = ErrorBody.response(for: error, requestID: worker.requestIDs.next(), worker: worker)
        context.write(NIOAny(refusal), promise: nil)
        ConnectionEnd.lingering.carryOut(context)
        // A client that does not close must not keep the place that it was refused.
        let channel = context.channel
        let closing = context.eventLoop.scheduleTask(in: .seconds(5)) { channel.close(promise: nil) }
        channel.closeFuture.whenComplete { _ in closing.cancel() }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {}
}
