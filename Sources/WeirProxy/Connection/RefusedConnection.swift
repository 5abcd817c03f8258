import NIOCore

/// A connection over a limit: told so at once, and closed. Over TLS a handshake would cost more than the answer is
/// worth: the client gets an alert.
final class RefusedConnection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    /// A fatal `internal_error` in a record of TLS 1.2, which every client understands before its version is settled
    /// (RFC 8446 §6).
    private static let alert = ByteBuffer(bytes: [21, 3, 3, 0, 2, 2, 80])

    private let worker: Worker
    private let error: ProxyError
    private let isSecure: Bool

    init(worker: Worker, error: ProxyError, isSecure: Bool) {
        self.worker = worker
        self.error = error
        self.isSecure = isSecure
    }

    func channelActive(context: ChannelHandlerContext) {
        worker.metrics.connectionsRefused += 1
        context.write(NIOAny(isSecure ? Self.alert : refusal), promise: nil)
        ConnectionEnd.lingering.carryOut(context)
        // A client that does not close must not keep the place that it was refused.
        let channel = context.channel
        let closing = context.eventLoop.scheduleTask(in: .seconds(5)) { channel.close(promise: nil) }
        channel.closeFuture.whenComplete { _ in closing.cancel() }
    }

    private var refusal: ByteBuffer {
        ErrorBody.response(for: error, requestID: worker.requestIDs.next(), worker: worker)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {}
}
