import NIOCore

/// Finds out what is spoken on a plain connection where HTTP/2 is on: a client that knows it before begins with a text
/// that no HTTP/1 request begins with (RFC 9113 §3.3, §3.4).
final class HTTP2Preface: ChannelInboundHandler, RemovableChannelHandler, ServedConnection {
    typealias InboundIn = ByteBuffer

    private enum State {
        case finding
        /// Setting up the protocol's handlers may write to a client that has gone, and what is left of its bytes comes
        /// from amid that.
        case handingOver
        case handedOver
    }

    private static let text = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)

    private let worker: Worker
    let listener: ListenerState
    private var context: ChannelHandlerContext?
    /// What has come so far, up to when the protocol's handlers have it.
    private var bytes = ByteBuffer()
    private var state = State.finding
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
        // Where the client has left amid the hand-over the protocol's handlers are there already.
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if state == .handedOver { return context.fireChannelRead(data) }
        guard !isClosing else { return }
        var more = unwrapInboundIn(data)
        bytes.writeBuffer(&more)
        guard state == .finding else { return }
        let known = bytes.readableBytesView.prefix(Self.text.count)
        let isPreface = known.elementsEqual(Self.text.prefix(known.count))
        if isPreface, known.count < Self.text.count { return arm(.head) }
        handOver(context, http2: isPreface)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard case ChannelEvent.inputClosed = event, !isClosing, state == .finding else {
            return context.fireUserInboundEventTriggered(event)
        }
        // Whoever sends no more begins no HTTP/2; what there is has its answer in HTTP/1.1, and nothing a good end.
        let pipeline = context.pipeline.syncOperations
        handOver(context, http2: false)
        pipeline.fireUserInboundEventTriggered(event)
    }

    private func handOver(_ context: ChannelHandlerContext, http2: Bool) {
        worker.unregister(self)
        self.context = nil
        state = .handingOver
        do {
            try ClientProtocols.serve(
                http2: http2,
                behind: self,
                context,
                worker: worker,
                listener: listener,
                isSecure: false
            )
        } catch {
            return context.close(promise: nil)
        }
        state = .handedOver
        // Where the client has gone meanwhile nobody is there to hear of it.
        if context.channel.isActive { context.fireChannelRead(NIOAny(exchange(&bytes, with: ByteBuffer()))) }
        context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
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

    func closeIfIdle(for time: TimeAmount, now: NIODeadline) {
        if deadline.isIdle(for: time, now: now) { abort() }
    }

    /// The connection's own handler is bounded by the newest as it is.
    func adoptLimits() {}

    func drain(now: NIODeadline) {
        isDraining = true
        deadline.drain(until: now + worker.generation.settings.drain)
        checkDeadline(now: now)
    }

    func endNow() { abort() }

    func abort() { context?.close(promise: nil) }
}
