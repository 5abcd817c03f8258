import NIOCore
import NIOHTTP2
import WeirHTTP
import WeirUpstream

/// A client's HTTP/2 connection: its streams, and its end (RFC 9113).
///
///     open ── leave ──▶ leaving ── the client has seen GOAWAY ──▶ left ── no stream any more ──▶ closed
///
/// Leaving takes two steps, so that a stream that the client began in the meantime is served too (§6.8): the first
/// GOAWAY refuses nothing, and a PING tells when the client has it.
final class HTTP2Connection: ChannelInboundHandler, ServedConnection, TurnTaker {
    typealias InboundIn = HTTP2Frame
    typealias OutboundOut = HTTP2Frame

    private enum State { case open, leaving, left, closing }

    /// A GOAWAY with the highest stream that there can be, and no error (RFC 9113 §6.8). NIOHTTP2 would refuse streams
    /// once it has sent one, so this one passes it by.
    private static let firstGoAway = ByteBuffer(
        bytes: [0, 0, 8, 7, 0, 0, 0, 0, 0, 0x7F, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0]
    )
    private static let leavePing = HTTP2PingData(withInteger: 0x7765_6972_6C65_6176)

    let worker: Worker
    let listener: ListenerState
    let isSecure: Bool
    /// What its client has been told in SETTINGS: a reload does not change it.
    let limits: ConnectionLimits
    private var context: ChannelHandlerContext?
    private var state = State.open
    private var streams: [HTTP2StreamID: HTTP2Stream] = [:]
    /// The newest that became a request.
    private(set) var lastStream = HTTP2StreamID(0)
    private var streamsBegun = 0
    private var deadline = ConnectionDeadline()
    private var wholeDeadline = WholeDeadline()
    /// What waits of the bodies of all streams.
    private var untaken = 0
    private var untakenBytes = UntakenBytes()
    private var isInBurst = false
    /// Streams for which something has come in this burst.
    private var grown: [HTTP2Stream] = []
    private var resets = ResetBudget()
    private var writtenInTurn = 0
    private(set) lazy var peerAddress: String = context?.remoteAddress?.ipAddress ?? "unknown"

    init(worker: Worker, listener: ListenerState, isSecure: Bool) {
        self.worker = worker
        self.listener = listener
        self.isSecure = isSecure
        limits = worker.generation.settings.limits
    }

    // MARK: Channel events

    /// It comes into the pipeline of an open connection.
    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        _ = worker.now()
        worker.register(self)
        worker.metrics.http2Connections += 1
        arm(.keepAlive)
    }

    /// Tells the client what it has to keep to, once NIOHTTP2 is there.
    func announce(_ settings: HTTP2Settings) { send(.settings(.settings(settings))) }

    func channelInactive(context: ChannelHandlerContext) {
        state = .closing
        worker.unregister(self)
        self.context = nil
    }

    /// Frames of the connection itself; those of streams go to theirs.
    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data).payload {
        case .ping(Self.leavePing, ack: true) where state == .leaving:
            refuseFurther()
        case .goAway where state == .open:
            // The client begins nothing more.
            state = .left
            closeIfDone()
        case .ping, .goAway, .settings, .windowUpdate, .priority, .data, .headers, .rstStream, .pushPromise,
            .alternativeService, .origin:
            break
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        // HTTP/2 has no use for half a connection: its client has gone.
        if case ChannelEvent.inputClosed = event { abort() }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // A stream's error has ended that stream.
        guard !HTTP2Fault.isOfStream(error), state != .closing else { return }
        if !HTTP2Fault.isOfTransport(error) { worker.metrics.http2ConnectionErrors += 1 }
        if HTTP2Fault.isOfWindow(error) {
            send(.goAway(lastStreamID: lastStream, errorCode: .flowControlError, opaqueData: nil))
        }
        close()
    }

    // MARK: Streams

    func add(_ stream: HTTP2Stream) {
        streams[stream.id] = stream
        lastStream = max(lastStream, stream.id)
        arm(.waiting)
        streamsBegun += 1
        let most = worker.generation.settings.limits.requestsPerConnection
        if streamsBegun >= most { leave() }
        // It has been told, and goes on: what it begins from here on is refused.
        if streamsBegun >= most + limits.streams, state == .leaving { refuseFurther() }
    }

    /// A client that does not acknowledge the limit on streams is not held to it by NIOHTTP2.
    var isOverfull: Bool { streams.count > limits.streams }

    func remove(_ stream: HTTP2Stream) {
        streams[stream.id] = nil
        guard streams.isEmpty else { return }
        switch state {
        case .open: arm(.keepAlive)
        // Who has not taken notice of the GOAWAY by then will not.
        case .leaving: arm(.lingering)
        case .left: closeIfDone()
        case .closing: break
        }
    }

    var hasTurn: Bool { writtenInTurn < Self.turn }

    /// A stream has written so many bytes of a body.
    func wrote(_ bytes: Int) {
        guard hasTurn else { return }
        writtenInTurn += bytes
        if !hasTurn { worker.turns.wait(self) }
    }

    func beginTurn() {
        writtenInTurn = 0
        // None is always the first.
        for stream in streams.values.shuffled() { stream.beginTurn() }
    }

    /// Weir resets a stream because of what the client does.
    func spendReset() {
        guard !resets.spend(now: worker.recently), state != .closing else { return }
        worker.metrics.http2ConnectionErrors += 1
        send(.goAway(lastStreamID: lastStream, errorCode: .enhanceYourCalm, opaqueData: nil))
        close()
    }

    // MARK: What comes in

    /// What has come of a stream's body in some pieces, padding included.
    struct Arrival {
        var stream: UInt32
        var bytes: Int
        var pieces: Int
    }

    /// So much has come of bodies; the streams get it now, if they take it.
    func beginBurst(_ arrivals: [Arrival]) {
        isInBurst = true
        grown = arrivals.compactMap { arrival in
            let stream = streams[HTTP2StreamID(Int(arrival.stream))]
            stream?.came(bytes: arrival.bytes, pieces: arrival.pieces)
            return stream
        }
    }

    /// - Parameter begun: which of all things begun is not whole; nil: none.
    func endBurst(amid begun: Int?) {
        wholeDeadline.isAmid(begun, time: worker.generation.settings.limits.headTime, now: worker.recently)
        isInBurst = false
        // The newest first, until the others fit.
        var isEnough = countUntaken()
        for stream in exchange(&grown, with: []).reversed() where !isEnough && stream.isBehind {
            stream.shed()
            isEnough = countUntaken()
        }
    }

    /// A stream has so many bytes more, or fewer, that nobody has taken.
    func untakenChanged(by bytes: Int) {
        untaken += bytes
        if !isInBurst { _ = countUntaken() }
    }

    /// - Returns: whether there is memory for it.
    private func countUntaken() -> Bool { untakenBytes.set(untaken, of: worker.shared.buffers) }

    // MARK: The end

    /// The client begins no further stream, or will not once it knows.
    var isDraining: Bool { state != .open }

    private func leave() {
        guard state == .open else { return }
        state = .leaving
        frames?.write(NIOAny(Self.firstGoAway), promise: nil)
        send(.ping(Self.leavePing, ack: false))
        if streams.isEmpty { arm(.lingering) }
    }

    /// The second GOAWAY.
    private func refuseFurther() {
        state = .left
        send(.goAway(lastStreamID: lastStream, errorCode: .noError, opaqueData: nil))
        closeIfDone()
    }

    /// A stream is gone once its last frame is written, which need not be out yet.
    private func closeIfDone() {
        guard state == .left, streams.isEmpty else { return }
        let loopBound = NIOLoopBound(self, eventLoop: worker.eventLoop)
        worker.eventLoop.execute {
            if loopBound.value.streams.isEmpty { loopBound.value.close() }
        }
    }

    /// Closes once what is written is out.
    private func close() {
        guard state != .closing else { return }
        state = .closing
        arm(.lingering)
        if let frames { ConnectionEnd.clean.carryOut(frames) }
    }

    /// Where bytes go out that NIOHTTP2 has framed.
    private var frames: ChannelHandlerContext? {
        try? context?.pipeline.syncOperations.context(handlerType: NIOHTTP2Handler.self)
    }

    private func send(_ payload: HTTP2Frame.FramePayload) {
        let frame = HTTP2Frame(streamID: .rootStream, payload: payload)
        context?.writeAndFlush(wrapOutboundOut(frame), promise: nil)
    }

    // MARK: ServedConnection

    func closeIfIdle(for time: TimeAmount, now: NIODeadline) {
        if streams.isEmpty, deadline.isIdle(for: time, now: now) { leave() }
    }

    /// Heads and times are bounded by the newest as it is, streams by what the client was told.
    func adoptLimits() {}

    func drain(now: NIODeadline) {
        deadline.drain(until: now + worker.generation.settings.drain)
        leave()
        for stream in Array(streams.values) { stream.drainBegan() }
    }

    func endNow() {
        for stream in Array(streams.values) { stream.endNow() }
        guard state == .open || state == .leaving else { return }
        refuseFurther()
    }

    func abort() {
        guard let context else { return }
        context.channel.closeTransport()
    }

    private func arm(_ phase: ConnectionDeadline.Phase) {
        deadline.enter(phase, limits: worker.generation.settings.limits, now: worker.recently)
    }

    func checkDeadline(now: NIODeadline) {
        for stream in Array(streams.values) { stream.checkDeadline(now: now) }
        if wholeDeadline.isOver(now: now), state != .closing {
            worker.metrics.http2SlowHeads += 1
            send(.goAway(lastStreamID: lastStream, errorCode: .enhanceYourCalm, opaqueData: nil))
            return close()
        }
        switch deadline.expired(at: now) {
        case .keepAlive: leave()
        case .lingering: abort()
        case .head, .body, .waiting, .writing, .doubtful, .tunnel, nil: break
        }
    }
}
