import NIOCore

/// Finds out what is spoken on a plain connection where HTTP/2 is on: a client that knows it before begins with a text
/// that no HTTP/1 request begins with (RFC 9113 §3.3, §3.4).
final class HTTP2Preface: ChannelInboundHandler, RemovableChannelHandler, ServedConnection {
    typealias InboundIn = ByteBuffer

    private static let text = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)

    private let worker: Worker
    let listener: ListenerState
    private var context: ChannelHandlerContext?
    private var bytes = ByteBuffer()
    private var deadline = ConnectionDeadline()
    private var isDraining = false
    /// Nothing more is read.
    private var isClosing = false

    init(worker: Worker, listener: ListenerState) {
        self.worker = worker
        self.listener = listener
    }

    func channelActive(context: ChannelHandlerContext) {
        self.context = context
        _ = worker.now()
        worker.register(self)
        arm(.keepAlive)
        // It was in the queue when its listener closed.
        if listener.isClosed { drain(now: worker.recently) }
    }

    func channelInactive(context: ChannelHandlerContext) {
        worker.unregister(self)
        self.context = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isClosing else { return }
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
                listener: listener,
                isSecure: false,
                bytes: bytes
            )
        } catch {
            context.close(promise: nil)
        }
    }

    private func arm(_ phase: ConnectionDeadline.Phase) {
        deadline.enter(phase, limits: worker.generation.settings.limits, now: worker.recently)
    }

    // MARK: ServedConnection

    func checkDeadline(now: NIODeadline) {
        guard let expired = deadline.expired(at: now) else { return }
        guard case .keepAlive = expired, isDraining, let context else { return abort() }
        // What is on its way finds an end in good order, not a reset.
        isClosing = true
        arm(.lingering)
        ConnectionEnd.lingering.carryOut(context)
    }

    /// The connection's own handler is bounded by the newest as it is.
    func adoptLimits() {}

    func drain(now: NIODeadline) {
        isDraining = true
        deadline.drain()
        checkDeadline(now: now)
    }

    func endNow() { abort() }

    func abort() { context?.close(promise: nil) }
}
