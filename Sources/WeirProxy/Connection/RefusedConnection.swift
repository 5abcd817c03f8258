import NIOCore

/// A connection over the limit: told so at once, and closed.
final class RefusedConnection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let worker: Worker

    init(worker: Worker) { self.worker = worker }

    func channelActive(context: ChannelHandlerContext) {
        worker.metrics.connectionsRefused += 1
        let refusal = ErrorBody.response(for: .tooManyConnections, requestID: worker.requestIDs.next(), worker: worker)
        context.write(NIOAny(refusal), promise: nil)
        ConnectionEnd.lingering.carryOut(context)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {}
}
