import NIOCore
import NIOSSL
import WeirHTTP
import WeirUpstream

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
    static let maxDrained: UInt64 = 256 << 10

    /// Bytes that may wait for a flush under TLS, where they do not count towards the channel's writability.
    private static let maxUnflushed = 256 << 10

    let worker: Worker
    let listener: ListenerState
    let isSecure: Bool
    private(set) var context: ChannelHandlerContext?
    var decoder: RequestDecoder
    var inbound = ByteBuffer()
    var untakenBytes = UntakenBytes()
    var exchange: Exchange?
    /// In place of HTTP, once it is there.
    var tunnel: Tunnel?
    var deadline = ConnectionDeadline()
    var directions = ChannelDirections()

    private var requestsStarted = 0
    /// Nothing is read behind the request under way.
    private(set) var isLastRequest = false
    /// The request under way is read to its end.
    private(set) var isRequestWhole = true
    private var requestHasBody = false
    private var drained: UInt64 = 0
    private var isProcessing = false
    private var isReadPending = false
    private var needsFlush = false
    private var unflushed = 0
    private var isInReadBurst = false
    private var isFlushScheduled = false
    /// The answer under way, or else the next one, is the last.
    var isDraining = false
    /// Nothing more is read or decoded.
    private(set) var isClosing = false
    /// Bytes given to the channel so far; and how many there were, and how many of them the client had taken, when it
    /// was last looked at for taking what is written.
    private(set) var written = 0
    var takenWhenArmed = 0
    /// Bytes; see ``beginTurn()``.
    var writtenInTurn = 0
    private var writtenWhenArmed = 0
    /// A response's head that waits for what comes behind it.
    var heldHead: ByteBuffer?
    /// Of the response under way.
    var responseFraming = ClientFraming.noBody(length: nil)
    var trailers = FieldSection()
    var signOfLife = SignOfLife.unasked
    private(set) lazy var portions = try? context?.pipeline.syncOperations.handler(type: TLSPortions.self)
    private lazy var remoteAddress: String = context?.remoteAddress?.ipAddress ?? "unknown"

    init(worker: Worker, listener: ListenerState, isSecure: Bool) {
        self.worker = worker
        self.listener = listener
        self.isSecure = isSecure
        decoder = RequestDecoder(limits: worker.generation.settings.limits.head)
    }

    var peerAddress: String { remoteAddress }
    /// Whether the client takes more, and it is its turn.
    var isWritable: Bool { isChannelWritable && hasTurn && !isFlushDue }
    private var isChannelWritable: Bool { context?.channel.isWritable ?? false }
    var allocator: ByteBufferAllocator { context?.channel.allocator ?? ByteBufferAllocator() }
    /// Those of the newest settings.
    var limits: ConnectionLimits { worker.generation.settings.limits }
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
        endTunnel()
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
        if let tunnel { return tunnel.received(client: bytes) }
        if inbound.readableBytes == 0 { inbound = bytes } else { inbound.writeBuffer(&bytes) }
        process()
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        // Said at the end of the input too, where a flush that fails would close the channel amid its own closing.
        if isInReadBurst {
            isInReadBurst = false
            tunnel?.clientBurst()
            flushIfNeeded()
        }
        context.fireChannelReadComplete()
    }

    func read(context: ChannelHandlerContext) {
        if wantsBytes { context.read() } else { isReadPending = true }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if let tunnel { return tunnel.clientWritable(isChannelWritable) }
        if isChannelWritable, case .writing = deadline.phase { _ = countTaken() }
        arm(idlePhase)
        exchange?.clientWritable(isWritable)
        if isWritable { process() }
        context.fireChannelWritabilityChanged()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // The end of the input without TLS's good-bye: nobody can tell that it is whole (RFC 8446 §6.1).
        if case NIOSSLError.uncleanShutdown = error, tunnel == nil {
            isClosing = true
            context.channel.closeTransport()
        } else {
            abort()
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if let event = event as? ChannelEvent {
            directions.heard(event).carryOut(context)
            if case .inputClosed = event { inputClosed() }
        }
        context.fireUserInboundEventTriggered(event)
    }

    // MARK: Reading requests

    private var wantsBytes: Bool {
        // While a lingering close waits for the client, what comes is read and dropped.
        guard !isClosing else { return true }
        if let tunnel { return tunnel.wantsClientBytes }
        if !isRequestWhole, let exchange { return exchange.wantsBody }
        return inbound.readableBytes < Self.maxReadAhead && !isReadAheadTooDear
    }

    func process() {
        guard !isProcessing, tunnel == nil else { return }
        isProcessing = true
        defer { isProcessing = false }
        var isStarved = false
        while !isClosing, !isStarved, canDecode {
            do {
                if let part = try decoder.decode(&inbound) { handle(part) } else { isStarved = true }
            } catch {
                refuse(error)
            }
        }
        settleClosedInput(isStarved: isStarved)
        if inbound.readableBytes == 0 { inbound = ByteBuffer() }
        if !countUntaken() { refuseUntaken() }
        if exchange == nil, !isClosing { arm(idlePhase) }
        readMoreIfWanted()
    }

    /// Parts of a request under way always; a new head only once the response before it is written.
    private var canDecode: Bool {
        if isRequestWhole { return exchange == nil && tunnel == nil && isWritable && inbound.readableBytes > 0 }
        return exchange?.wantsBody ?? true
    }

    private func handle(_ part: RequestPart) {
        switch part {
        case .head(let head):
            begin(head)
        case .body(let bytes):
            guard let exchange else { return drain(bytes) }
            deadline.received(bytes.readableBytes, limits: limits, now: worker.recently)
            exchange.receivedRequest(body: bytes)
        case .end:
            isRequestWhole = true
            if let exchange {
                arm(idlePhase)
                exchange.receivedRequestEnd()
            }
        }
    }

    private func begin(_ head: RequestHead) {
        requestsStarted += 1
        isLastRequest = requestsStarted >= limits.requestsPerConnection
        isRequestWhole = false
        requestHasBody = head.framing != .none
        drained = 0
        signOfLife = .unasked
        deadline.beginResponse()
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
        written += bytes.readableBytes
        if hasTurn {
            writtenInTurn += bytes.readableBytes
            if !hasTurn { worker.turns.wait(self) }
        }
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

    func flushIfNeeded() {
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
        if let tunnel { return tunnel.reset() }
        if isClosing, let context { context.channel.closeTransport() }
        guard let abandoned = exchange else { return close(.clean) }
        exchange = nil
        let isCloseDelimited = abandoned.hasStartedResponse && responseFraming == .untilClose
        close(isCloseDelimited || isDraining ? .reset : .cut)
        abandoned.clientLeft()
    }

    func closeAfterWriting() {
        let isAllRead = (isRequestWhole || !requestHasBody) && inbound.readableBytes == 0
        close(isAllRead ? .clean : .lingering)
    }

    func close(_ end: ConnectionEnd) {
        guard !isClosing, let context else { return }
        isClosing = true
        needsFlush = false
        inbound = ByteBuffer()
        countUntaken()
        arm(.lingering)
        switch end {
        case .lingering: directions.closeOutput().carryOut(context)
        case .clean, .cut, .reset: end.carryOut(context)
        }
        readMoreIfWanted()
    }

    // MARK: Time

    var idlePhase: ConnectionDeadline.Phase {
        if !isChannelWritable { return .writing }
        if let exchange {
            if !isRequestWhole, exchange.wantsBody { return .body }
            return isClientDoubtful ? .doubtful : .waiting
        }
        if !isRequestWhole { return .body }
        return inbound.readableBytes > 0 || decoder.hasReadBlankLines ? .head : .keepAlive
    }

    func arm(_ phase: ConnectionDeadline.Phase) {
        switch phase {
        case .writing: takenWhenArmed = taken
        case .doubtful: writtenWhenArmed = written
        case .keepAlive, .head, .body, .waiting, .tunnel, .lingering: break
        }
        deadline.enter(phase, limits: limits, now: worker.recently)
    }

    func checkDeadline(now: NIODeadline) {
        // An upstream takes what waits without a word.
        countUntaken()
        guard let expired = deadline.expired(at: now) else { return }
        if unwritten > 0, isClientTaking(until: expired) { return }
        switch expired {
        case .head, .body:
            requestTimedOut()
        case .doubtful where written != writtenWhenArmed:
            arm(idlePhase)
        case .writing where !isClosing, .tunnel, .doubtful:
            abort()
        case .keepAlive where isDraining:
            // A request that is on its way finds an end in good order, not a reset.
            close(.lingering)
        case .keepAlive:
            close(.clean)
        case .lingering, .writing:
            isClosing = true
            if let context { context.channel.closeTransport() }
        case .waiting:
            break
        }
    }

    private func requestTimedOut() {
        guard let exchange else { return refuseUnbegun(.requestTimeout) }
        if exchange.hasStartedResponse { abort() } else { exchange.requestTimedOut() }
    }
}
