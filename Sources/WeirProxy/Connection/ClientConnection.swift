import NIOCore
import WeirHTTP

/// One client's connection: reads requests off it in order, runs an ``Exchange`` for each, writes what that gives.
///
///     bytes ─▶ RequestDecoder ─▶ Exchange ─▶ bytes
///
/// One exchange at a time: what a client sends ahead waits undecoded, up to ``maxReadAhead``. Lives on one event
/// loop; ``Worker`` looks at its deadline.
final class ClientConnection: ChannelDuplexHandler, ServedConnection {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = Never
    typealias OutboundOut = ByteBuffer

    /// Bytes read ahead of the exchange under way; beyond them the socket is not read.
    private static let maxReadAhead = 64 << 10
    /// Bytes of an unwanted request body that are read and dropped so that the connection can live on.
    private static let maxDrained: UInt64 = 256 << 10

    /// Bytes that may wait for a flush under TLS, where they do not count towards the channel's writability.
    private static let maxUnflushed = 256 << 10

    let worker: Worker
    let listener: ListenerState
    let isSecure: Bool
    private var context: ChannelHandlerContext?
    private var decoder: RequestDecoder
    private var inbound = ByteBuffer()
    private var exchange: Exchange?
    private(set) var deadline = ConnectionDeadline()

    private var requestsStarted: UInt64 = 0
    /// The request under way is read to its end.
    private var isRequestWhole = true
    private var requestHasBody = false
    private var drained: UInt64 = 0
    private var isProcessing = false
    private var isReadPending = false
    private var needsFlush = false
    private var unflushed = 0
    private var isInReadBurst = false
    private var isFlushScheduled = false
    /// The answer under way, or else the next one, is the last.
    private(set) var isDraining = false
    /// Nothing more is read or decoded.
    private var isClosing = false
    /// When the client was last looked at for taking what is written.
    private var unwrittenWhenArmed = 0
    /// A response's head that waits for what comes behind it.
    var heldHead: ByteBuffer?
    /// Of the response under way.
    var responseFraming = ClientFraming.noBody(length: nil)
    private lazy var remoteAddress: String = context?.remoteAddress?.ipAddress ?? "unknown"

    init(worker: Worker, listener: ListenerState, isSecure: Bool) {
        self.worker = worker
        self.listener = listener
        self.isSecure = isSecure
        decoder = RequestDecoder(limits: worker.generation.settings.limits.head)
    }

    var peerAddress: String { remoteAddress }
    var isWritable: Bool { (context?.channel.isWritable ?? false) && !isFlushDue }
    var allocator: ByteBufferAllocator { context?.channel.allocator ?? ByteBufferAllocator() }
    /// Of the request under way.
    var version: HTTPVersion { exchange?.head.version ?? .http11 }

    // MARK: Channel events

    func channelActive(context: ChannelHandlerContext) {
        self.context = context
        // Its first deadline must not count from when the worker last had something to do.
        _ = worker.now()
        worker.register(self)
        arm(.keepAlive)
        // It was in the queue when its listener closed.
        if listener.isClosed { drain(now: worker.recently) }
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        isClosing = true
        worker.unregister(self)
        let abandoned = exchange
        exchange = nil
        abandoned?.clientLeft()
        self.context = nil
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isClosing else { return }
        isInReadBurst = true
        var bytes = unwrapInboundIn(data)
        if inbound.readableBytes == 0 { inbound = bytes } else { inbound.writeBuffer(&bytes) }
        process()
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        isInReadBurst = false
        flushIfNeeded()
        context.fireChannelReadComplete()
    }

    func read(context: ChannelHandlerContext) {
        if wantsBytes { context.read() } else { isReadPending = true }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        let isWritable = context.channel.isWritable
        arm(isWritable ? idlePhase : .writing)
        exchange?.clientWritable(isWritable)
        if isWritable { process() }
        context.fireChannelWritabilityChanged()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { abort() }

    // MARK: Reading requests

    private var wantsBytes: Bool {
        // While a lingering close waits for the client, what comes is read and dropped.
        guard !isClosing else { return true }
        if !isRequestWhole, let exchange { return exchange.wantsBody }
        return inbound.readableBytes < Self.maxReadAhead
    }

    private func process() {
        guard !isProcessing else { return }
        isProcessing = true
        defer { isProcessing = false }
        while !isClosing, canDecode {
            do {
                guard let part = try decoder.decode(&inbound) else { break }
                handle(part)
            } catch {
                refuse(error)
            }
        }
        if inbound.readableBytes == 0 { inbound = ByteBuffer() }
        if exchange == nil, !isClosing { arm(idlePhase) }
        readMoreIfWanted()
    }

    /// Parts of a request under way always; a new head only once the response before it is written.
    private var canDecode: Bool {
        if isRequestWhole { return exchange == nil && isWritable && inbound.readableBytes > 0 }
        return exchange?.wantsBody ?? true
    }

    private func handle(_ part: RequestPart) {
        switch part {
        case .head(let head):
            begin(head)
        case .body(let bytes):
            guard let exchange else { return drain(bytes) }
            arm(.body)
            exchange.receivedRequest(body: bytes)
        case .end:
            isRequestWhole = true
            if let exchange {
                arm(.waiting)
                exchange.receivedRequestEnd()
            }
        }
    }

    private func begin(_ head: RequestHead) {
        requestsStarted += 1
        isRequestWhole = false
        requestHasBody = head.framing != .none
        drained = 0
        let exchange = Exchange(head: head, stream: self, worker: worker)
        self.exchange = exchange
        arm(requestHasBody ? .body : .waiting)
        exchange.begin()
    }

    /// A request that is not HTTP as it should be: answered once, and nothing behind it is interpreted.
    private func refuse(_ error: MessageError) {
        if let exchange { return exchange.requestBroken(error) }
        refuseUnbegun(.badMessage(error))
    }

    /// Answers what never became an exchange. The rest of a request whose response is out gets none: the client would
    /// take it for the next one's.
    private func refuseUnbegun(_ error: ProxyError) {
        if isRequestWhole {
            worker.metrics.requestsRefused += 1
            write(ErrorBody.response(for: error, requestID: worker.requestIDs.next(), worker: worker))
        }
        close(.lingering)
    }

    private func drain(_ bytes: ByteBuffer) {
        drained += UInt64(bytes.readableBytes)
        if drained > Self.maxDrained { closeAfterWriting() }
    }

    func readMoreIfWanted() {
        guard isReadPending, wantsBytes, let context else { return }
        isReadPending = false
        context.read()
    }

    // MARK: What an exchange asks for

    func write(_ bytes: ByteBuffer) {
        guard let context else { return }
        needsFlush = true
        unflushed += bytes.readableBytes
        context.write(wrapOutboundOut(bytes), promise: nil)
    }

    func scheduleFlush() {
        guard needsFlush, !isInReadBurst, !isFlushScheduled else { return }
        isFlushScheduled = true
        let loopBound = NIOLoopBound(self, eventLoop: worker.eventLoop)
        worker.eventLoop.execute {
            loopBound.value.isFlushScheduled = false
            loopBound.value.flushIfNeeded()
        }
    }

    private func flushIfNeeded() {
        guard needsFlush, let context else { return }
        needsFlush = false
        let wasFlushDue = isFlushDue
        unflushed = 0
        context.flush()
        if wasFlushDue, isWritable {
            exchange?.clientWritable(true)
            process()
        }
    }

    /// TLS takes no notice of what it has not been told to send: the exchange has to wait for the flush.
    private var isFlushDue: Bool { isSecure && unflushed >= Self.maxUnflushed }

    /// The exchange has written its response's last byte.
    func exchangeFinished(keepsAlive: Bool) {
        exchange = nil
        if !keepsAlive || isDraining { return closeAfterWriting() }
        adoptLimits()
        scheduleFlush()
        process()
    }

    /// The exchange stops taking the body under way, or goes on. The client is waited for only while it is wanted.
    func bodyWanted(_ wanted: Bool) {
        if exchange != nil, !isRequestWhole { arm(idlePhase) }
        if wanted { process() }
    }

    /// Ends the connection so that the client can tell that the response is not whole: what was written goes out,
    /// the end that its framing promises does not.
    func abort() {
        if isClosing, let context { ConnectionEnd.closeTransport(of: context.channel) }
        guard let abandoned = exchange else { return close(.clean) }
        exchange = nil
        let isCloseDelimited = abandoned.hasStartedResponse && responseFraming == .untilClose
        close(isCloseDelimited || isDraining ? .reset : .cut)
        abandoned.clientLeft()
    }

    private func closeAfterWriting() {
        let isAllRead = (isRequestWhole || !requestHasBody) && inbound.readableBytes == 0
        close(isAllRead ? .clean : .lingering)
    }

    private func close(_ end: ConnectionEnd) {
        guard !isClosing, let context else { return }
        isClosing = true
        needsFlush = false
        inbound = ByteBuffer()
        arm(.lingering)
        end.carryOut(context)
        readMoreIfWanted()
    }

    // MARK: Time

    private var idlePhase: ConnectionDeadline.Phase {
        if !isWritable { return .writing }
        if let exchange { return isRequestWhole || !exchange.wantsBody ? .waiting : .body }
        if !isRequestWhole { return .body }
        return inbound.readableBytes > 0 ? .head : .keepAlive
    }

    private func arm(_ phase: ConnectionDeadline.Phase) {
        if case .writing = phase { unwrittenWhenArmed = unwritten }
        deadline.enter(phase, limits: worker.generation.settings.limits, now: worker.recently)
    }

    func checkDeadline(now: NIODeadline) {
        guard let expired = deadline.expired(at: now) else { return }
        if isClientTaking(until: expired) { return arm(.writing) }
        switch expired {
        case .head, .body:
            requestTimedOut()
        case .writing where !isClosing:
            abort()
        case .keepAlive where isDraining:
            // A request that is on its way finds an end in good order, not a reset.
            close(.lingering)
        case .keepAlive:
            isClosing = true
            context?.close(promise: nil)
        case .lingering, .writing:
            isClosing = true
            if let context { ConnectionEnd.closeTransport(of: context.channel) }
        case .waiting:
            break
        }
    }

    /// Whether what was written still goes out: the end of a connection, or of its idleness, begins behind that.
    private func isClientTaking(until expired: ConnectionDeadline.Phase) -> Bool {
        switch expired {
        case .keepAlive, .lingering: unwritten > 0
        case .writing: unwritten > 0 && unwritten < unwrittenWhenArmed
        case .head, .body, .waiting: false
        }
    }

    /// Bytes that wait in the channel for the client.
    private var unwritten: Int {
        guard let options = context?.channel.syncOptions else { return 0 }
        return (try? options.getOption(.bufferedWritableBytes)) ?? 0
    }

    private func requestTimedOut() {
        guard let exchange else { return refuseUnbegun(.requestTimeout) }
        if exchange.hasStartedResponse { abort() } else { exchange.requestTimedOut() }
    }

    // MARK: Reloading and draining

    /// Between two requests: the next one's head is bounded as the newest settings have it.
    func adoptLimits() {
        guard exchange == nil, isRequestWhole, inbound.readableBytes == 0 else { return }
        decoder.limits = worker.generation.settings.limits.head
    }

    /// The answer under way closes the connection, or the one to the next request; without one it is closed when it
    /// has been idle for ``ConnectionDeadline/drainIdle``.
    func drain(now: NIODeadline) {
        isDraining = true
        deadline.drain()
        checkDeadline(now: now)
    }

    /// Draining has lasted too long: a response that has begun is broken off so that nobody can take it for whole, a
    /// request without one is told that Weir is stopping.
    func endNow() {
        guard let exchange, !exchange.hasStartedResponse else { return abort() }
        exchange.drainEnded()
    }
}
