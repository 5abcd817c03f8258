import NIOCore

/// Finds out what is spoken on a plain connection where HTTP/2 is on: a client that knows it before begins with a text
/// that no HTTP/1 request begins with (RFC 9113 §3.3, §3.4).
final class HTTP2Preface: ChannelInboundHandler, RemovableChannelHandler, ServedConnection {
    typealias InboundIn = ByteBuffer

    private static let text = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)

    private let worker: Worker
    private var context: ChannelHandlerContext?
    private var bytes = ByteBuffer()
    private var deadline = ConnectionDeadline()

    init(worker: Worker) { self.worker = worker }

    func channelActive(context: ChannelHandlerContext) {
        self.context = context
        _ = worker.now()
        worker.register(self)
        arm(.keepAlive)
    }

    func channelInactive(context: ChannelHandlerContext) {
        worker.unregister(self)
        self.context = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var more = unwrapInboundIn(data)
        bytes.writeBuffer(&more)
        let known = bytes.readableBytesView.prefix(Self.text.count)
        let isPreface = known.elementsEqual(Self.text.prefix(known.count))
        if isPreface, known.count < Self.text.count { return arm(.head) }
        worker.unregister(self)
        self.context = nil
        do {
            try ClientProtocols.serve(
                http2: isPreface,
                behind: self,
                context,
                worker: worker,
                isSecure: false,
                bytes: bytes
            )
        } catch {
            context.close(promise: nil)
        }
    }

    private func arm(_ phase: ConnectionDeadline.Phase) {
        deadline.enter(phase, limits: worker.shared.settings.limits, now: worker.recently)
    }

    func checkDeadline(now: NIODeadline) { if deadline.expired(at: now) != nil { abort() } }

    func drain() { if bytes.readableBytes == 0 { abort() } }

    func abort() { context?.close(promise: nil) }
}
