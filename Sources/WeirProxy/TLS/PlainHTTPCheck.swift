import NIOCore

/// What ``PlainHTTPCheck`` tells those behind it.
struct PlainHTTPError: Error {}

/// Looks at the first byte of a TLS connection, before TLS does: no TLS record begins with a letter, every HTTP request
/// does. Who speaks plain HTTP here is told so, in plain HTTP.
final class PlainHTTPCheck: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer

    private let worker: Worker
    private var isRefused = false

    init(worker: Worker) { self.worker = worker }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isRefused else { return }
        guard let first = unwrapInboundIn(data).readableBytesView.first, (first | 0x20) &- 0x61 < 26 else {
            context.fireChannelRead(data)
            context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
            return
        }
        isRefused = true
        let refusal = ErrorBody.response(for: .plainHTTP, requestID: worker.requestIDs.next(), worker: worker)
        context.write(NIOAny(refusal), promise: nil)
        ConnectionEnd.lingering.carryOut(context)
        context.fireErrorCaught(PlainHTTPError())
    }
}
