import NIOCore
import WeirHTTP

/// One connection to an upstream: the only handler of its channel. Carries one exchange at a time, and lies in the pool
/// between them.
///
/// What happens on the channel while a request is being begun is kept until the loop's next turn, so that a handler
/// never hears anything from within ``Transport/start(_:on:handler:)``.
final class DirectConnection: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// Set once the connection is up, before anything else.
    var loop: DirectLoop?
    var context: ChannelHandlerContext?
    var call: DirectCall?
    var exchange = ExchangeMachine()
    var decoder = ResponseDecoder()
    /// What was read and is not decoded yet.
    var input = ByteBuffer()
    /// What of a large whole body is not handed to the channel yet.
    var output = ByteBuffer()
    var bodyRemaining: UInt64?
    var isBodyWantedTold = true
    var mayHaveUnsent = false

    var exchanges = 0
    var isBeginning = false
    var isPumping = false
    var isFlushScheduled = false
    var isBurstOpen = false
    var isReading = true
    var isReadHeld = false
    /// The channel is closed.
    var isClosed = false
    /// How it closed, or is about to.
    var loss = TunnelLoss.closed
    /// The pool has forgotten this connection.
    var isRetired = false
    /// The upstream's name does not have its address any more: it carries no further call.
    var isOutdated = false

    /// It has switched protocols; whoever hears of it then.
    var isTunnel = false
    var tunnelHandler: (any UpstreamTunnelHandler)?
    var directions = ChannelDirections()

    var timer: Scheduled<Void>?
    var timerAt = NIODeadline.distantFuture

    // MARK: Life

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    /// Gives the connection to the loop that has opened it.
    func attach(to loop: DirectLoop) { self.loop = loop }

    /// Whether it can carry a call.
    var isUsable: Bool { !isClosed && !isRetired }

    /// Begins a call's exchange. The handler hears nothing before the loop's next turn.
    func begin(_ call: DirectCall, now: NIODeadline) {
        guard let context else { preconditionFailure("Cannot begin a call on a connection that is gone") }
        precondition(self.call == nil, "Cannot begin a call while another is under way")
        self.call = call
        call.state = .active(self)
        exchange.begin(call.request, isReused: exchanges > 0, totalDeadline: call.totalDeadline, now: now)
        exchanges += 1
        decoder.begin(answering: call.request.method, upgrading: call.request.upgrade != nil)
        isBodyWantedTold = true
        isBeginning = true
        setReading(call.isReadingWanted, now: now)
        writeRequest(of: call, context: context, now: now)
        isBeginning = false
        arm()
        if input.readableBytes > 0 || isClosed { loop?.eventLoop.assumeIsolated().execute { self.catchUp() } }
    }

    /// The call's caller has ended it; the rest of its response is of no use to anyone.
    func cancelled() {
        call = nil
        retire()
    }

    /// Closes a connection that the pool has already forgotten.
    func closeForgotten() {
        isRetired = true
        close()
    }

    /// Closes a connection that the pool has already forgotten, because another is to be opened in its place: by a reset,
    /// since whoever closes in good order keeps the port for a minute, and there may be hundreds of these a second. All
    /// that was asked on it has been answered.
    func resetForgotten() {
        isRetired = true
        output = ByteBuffer()
        disarm()
        reset()
    }

    /// Ends what is under way, because Weir stops.
    func abort() {
        if isTunnel { reset() } else if call != nil { fail(.draining) }
    }

    func fail(_ error: UpstreamError) {
        let handler = takeCall()?.finish()
        retire()
        handler?.failed(error)
    }

    func takeCall() -> DirectCall? {
        defer { call = nil }
        return call
    }

    /// Gives a leased connection's place back, and closes it.
    func retire() {
        guard !isRetired else { return }
        isRetired = true
        close()
        loop?.discarded(self)
    }

    private func close() {
        output = ByteBuffer()
        disarm()
        if !isClosed { context?.close(promise: nil) }
    }

    // MARK: Time

    /// Makes sure that the timer fires no later than the exchange's deadline. It may fire earlier and find that there
    /// is time left: moving it with every read would cost more than that.
    func arm() {
        let deadline = exchange.deadline
        guard call != nil, !isClosed, deadline < timerAt, let loop else { return }
        timer?.cancel()
        timerAt = deadline
        timer = loop.eventLoop.assumeIsolated().scheduleTask(deadline: deadline) { self.timerFired() }
    }

    func disarm() {
        timer?.cancel()
        timer = nil
        timerAt = .distantFuture
    }

    private func timerFired() {
        timer = nil
        timerAt = .distantFuture
        guard call != nil else { return }
        if let error = exchange.expired(now: .now()) { fail(error) } else { arm() }
    }
}
