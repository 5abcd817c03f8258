import NIOCore
import NIOHPACK
import NIOHTTP2
import WeirHTTP

/// One stream of an HTTP/2 connection: a request, its exchange and its response (RFC 9113 §5).
///
///     HEADERS, DATA* ─▶ Exchange ─▶ HEADERS, DATA*
///
/// A stream that is not read gives its client no more room, and a client that gives no room stops the exchange:
/// NIOHTTP2 keeps both windows. Lives on its connection's event loop; ``HTTP2Connection`` looks at its deadline.
final class HTTP2Stream: ChannelDuplexHandler {
    typealias InboundIn = HTTP2Frame.FramePayload
    typealias OutboundIn = Never
    typealias OutboundOut = HTTP2Frame.FramePayload

    private enum Request { case head, body, whole }

    let connection: HTTP2Connection
    private(set) var id = HTTP2StreamID(0)
    private(set) var context: ChannelHandlerContext?
    private var request = Request.head
    private var exchange: Exchange?
    /// The response is written, or given up.
    private var isOver = false
    /// The request was not HTTP as it should be.
    private var isRefused = false
    private var isReadPending = false
    private var backlog = BodyBacklog()
    /// Bytes that the connection counts for it.
    private var untaken = 0
    private var deadline = ConnectionDeadline()

    /// A response's head, and a piece of its body, that wait for what comes behind them: the last one ends the stream.
    var heldHead: HPACKHeaders?
    var heldPiece: ByteBuffer?
    var heldTrailers: HPACKHeaders?

    /// Bytes of the body that wait for the client's window or the socket, and those that have gone.
    private var waiting = 0
    private var gone = 0
    private var goneWhenArmed = 0

    init(connection: HTTP2Connection) { self.connection = connection }

    var worker: Worker { connection.worker }
    private var limits: ConnectionLimits { worker.generation.settings.limits }

    // MARK: Channel events

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        id = (try? context.channel.syncOptions?.getOption(HTTP2StreamChannelOptions.streamID)) ?? id
        connection.add(self)
    }

    func channelInactive(context: ChannelHandlerContext) {
        isOver = true
        let abandoned = exchange
        exchange = nil
        abandoned?.clientLeft()
        self.context = nil
        backlog = BodyBacklog()
        countUntaken()
        connection.remove(self)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .headers(let frame) where request == .head: begin(frame.headers, isWhole: frame.endStream)
        // Trailers end a request (RFC 9113 §8.1); as in HTTP/1.1 they are dropped.
        case .headers: endRequest()
        case .data(let frame):
            // The length of the padding takes a byte too (RFC 9113 §6.1).
            let padding = frame.paddingBytes.map { $0 + 1 } ?? 0
            backlog.took(bytes: frame.data.readableBytes + padding)
            if case .byteBuffer(let bytes) = frame.data { receive(bytes) }
            countUntaken()
            if frame.endStream { endRequest() }
        case .priority, .rstStream, .settings, .pushPromise, .ping, .goAway, .windowUpdate, .alternativeService,
            .origin:
            break
        }
    }

    func read(context: ChannelHandlerContext) {
        if wantsBytes { context.read() } else { isReadPending = true }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable, case .writing = deadline.phase { _ = isClientTaking() }
        arm(idlePhase)
        exchange?.clientWritable(self.isWritable)
    }

    /// Its connection has a turn again.
    func beginTurn() {
        guard isWritable, let exchange else { return }
        exchange.clientWritable(true)
        flush()
    }

    /// The channel ends itself behind an error.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {}

    // MARK: The request

    private var wantsBytes: Bool { exchange?.wantsBody ?? true }

    private func begin(_ headers: HPACKHeaders, isWhole: Bool) {
        guard !connection.isOverfull else {
            isOver = true
            reset(.refusedStream)
            return connection.spendReset()
        }
        request = isWhole ? .whole : .body
        deadline.beginResponse()
        worker.metrics.http2Streams += 1
        do throws(MessageError) {
            let head = try HTTP2RequestHead.read(headers, hasBody: !isWhole, limits: limits.head)
            let exchange = Exchange(head: head, stream: self, worker: worker)
            self.exchange = exchange
            arm(idlePhase)
            exchange.begin()
            if isWhole { self.exchange?.receivedRequestEnd() }
        } catch {
            refuse(error)
        }
    }

    private func receive(_ bytes: ByteBuffer) {
        guard let exchange, bytes.readableBytes > 0 else { return }
        arm(idlePhase)
        if case .body = deadline.phase { deadline.received(bytes.readableBytes, limits: limits, now: worker.recently) }
        exchange.receivedRequest(body: bytes)
    }

    private func endRequest() {
        guard request == .body else { return }
        request = .whole
        arm(idlePhase)
        exchange?.receivedRequestEnd()
    }

    /// Answers what never became an exchange.
    private func refuse(_ error: MessageError) {
        isRefused = true
        worker.metrics.requestsRefused += 1
        var response = ErrorBody.response(
            for: .badMessage(error),
            requestID: worker.requestIDs.next(),
            worker: worker
        )
        guard let blank = response.readableBytesView.firstRange(of: "\r\n\r\n".utf8),
            let head = response.readSlice(length: blank.upperBound - response.readerIndex)
        else { preconditionFailure("Cannot find the end of Weir's own head") }
        heldHead = HTTP2ResponseHead.make(head)
        write(body: response)
        end(keepsAlive: true)
    }

    // MARK: What waits of the request

    /// Whether something of the body has come and is not taken.
    var isBehind: Bool { untaken > 0 }

    func came(bytes: Int, pieces: Int) {
        backlog.came(bytes: bytes, pieces: pieces)
        countUntaken()
    }

    /// Counts what waits before the exchange and in it.
    private func countUntaken() {
        let now = backlog.cost + (exchange?.waitingBody ?? 0)
        defer { untaken = now }
        if now != untaken { connection.untakenChanged(by: now - untaken) }
    }

    /// There is no memory for what waits: it goes, unless an upstream has some of the body, or the client of the answer.
    func shed() {
        if let exchange {
            if exchange.waitingBody == nil || exchange.hasStartedResponse && !isHeadHeld { return }
            exchange.memoryExhausted()
        }
        // The response is not waited for: what there is no window for is lost.
        reset(.noError)
    }

    /// The exchange stops taking the body under way, or goes on.
    func bodyWanted(_ wanted: Bool) {
        if exchange != nil { arm(idlePhase) }
        guard isReadPending, wantsBytes, let context else { return }
        isReadPending = false
        context.read()
    }

    // MARK: The response

    func send(_ headers: HPACKHeaders, isLast: Bool = false) {
        guard let context else { return }
        let sent = context.eventLoop.makePromise(of: Void.self)
        // What cannot be said in HTTP/2 at all.
        sent.futureResult.assumeIsolated().whenFailure { [weak self] _ in self?.abort() }
        context.write(wrapOutboundOut(.headers(.init(headers: headers, endStream: isLast))), promise: sent)
        if isLast { whenSent(sent.futureResult) }
    }

    /// In steps of the smallest frame size (RFC 9113 §4.2), so that a slow client is seen to make progress.
    func send(_ piece: ByteBuffer, isLast: Bool = false) {
        guard let context else { return }
        var rest = piece
        repeat {
            let count = min(rest.readableBytes, 16 << 10)
            guard let slice = rest.readSlice(length: count) else { return }
            let endsStream = isLast && rest.readableBytes == 0
            let sent = context.eventLoop.makePromise(of: Void.self)
            waiting += count
            connection.wrote(count)
            sent.futureResult.assumeIsolated().whenSuccess { [weak self] in self?.sent(count) }
            context.write(wrapOutboundOut(.data(.init(data: .byteBuffer(slice), endStream: endsStream))), promise: sent)
            if endsStream { whenSent(sent.futureResult) }
        } while rest.readableBytes > 0
    }

    private func sent(_ count: Int) {
        waiting -= count
        gone += count
    }

    /// The response is out: who is still sending a request need not go on (RFC 9113 §8.1).
    private func whenSent(_ last: EventLoopFuture<Void>) {
        last.assumeIsolated().whenSuccess { [weak self] in
            guard let self, self.request != .whole else { return }
            self.reset(.noError)
            if self.isRefused { self.connection.spendReset() }
        }
    }

    /// The exchange has written its response's last byte, all but what is held.
    func end(keepsAlive: Bool) {
        isOver = true
        exchange = nil
        let trailers = heldTrailers
        if let head = heldHead { send(head, isLast: heldPiece == nil && trailers == nil) }
        if let piece = heldPiece {
            send(piece, isLast: trailers == nil)
        } else if heldHead == nil, trailers == nil {
            send(ByteBuffer(), isLast: true)
        }
        if let trailers { send(trailers, isLast: true) }
        dropHeld()
        arm(idlePhase)
        context?.flush()
    }

    /// What was written may go out, the end of the stream does not.
    func abort() {
        guard !isOver else { return }
        isOver = true
        let abandoned = exchange
        exchange = nil
        dropHeld()
        reset(.internalError)
        abandoned?.clientLeft()
    }

    private func dropHeld() {
        heldHead = nil
        heldPiece = nil
        heldTrailers = nil
    }

    func drainBegan() {
        exchange?.drainBegan()
        flush()
    }

    /// Draining has lasted too long: see ``ClientConnection/endNow()``. A response that is written goes out.
    func endNow() {
        guard let exchange, !exchange.hasStartedResponse else { return abort() }
        exchange.drainEnded()
    }

    private func reset(_ reason: HTTP2ErrorCode) {
        guard let context else { return }
        context.writeAndFlush(wrapOutboundOut(.rstStream(reason)), promise: nil)
    }

    // MARK: Time

    private var idlePhase: ConnectionDeadline.Phase {
        if isOver ? waiting > 0 : context?.channel.isWritable == false { return .writing }
        return request == .body && wantsBytes && !isOver ? .body : .waiting
    }

    private func arm(_ phase: ConnectionDeadline.Phase) {
        if case .writing = phase { goneWhenArmed = gone }
        deadline.enter(phase, limits: limits, now: worker.recently)
    }

    /// Whether the client has time left, by what it has taken since this was last asked.
    private func isClientTaking() -> Bool {
        let bytes = gone - goneWhenArmed
        goneWhenArmed = gone
        return deadline.took(bytes, limits: limits, now: worker.recently)
    }

    func checkDeadline(now: NIODeadline) {
        // An upstream takes what waits without a word.
        countUntaken()
        guard let expired = deadline.expired(at: now) else { return }
        switch expired {
        case .body:
            guard let exchange else { return }
            if exchange.hasStartedResponse { abort() } else { exchange.requestTimedOut() }
        case .writing:
            guard !isClientTaking() else { return }
            if isOver { reset(.cancel) } else { abort() }
        case .keepAlive, .head, .waiting, .lingering, .doubtful, .tunnel:
            break
        }
    }
}
