import NIOCore

/// One call of a ``DirectTransport``: it waits for a connection, then stands before one.
///
///     waiting ──▶ connecting ──▶ active ──▶ over
///        └──────────────────────▶ ▲  │ └──▶ connecting (the idle connection was dead)
///
/// Lives on its event loop. Its ends (response, error, cancellation) let go of handler and connection, so that nothing
/// holds anything in a circle.
final class DirectCall: UpstreamCall {
    enum State {
        /// In the pool's queue, or about to hear what has become of it there.
        case waiting(QueueTicket)
        /// A connection is on its way up.
        case connecting
        case active(DirectConnection)
        case over
    }

    let request: UpstreamRequest
    let totalDeadline: NIODeadline
    var state = State.connecting
    /// Ends a connection on its way up that is of use to no other call.
    var abandonConnection: (() -> Void)?
    private(set) var handler: (any UpstreamResponseHandler)?
    private let loop: DirectLoop
    private(set) var isReadingWanted = true
    /// What came of a streamed body before a connection did.
    private var queuedBody = ByteBuffer()
    private var isBodyEnded = false

    init(_ request: UpstreamRequest, handler: any UpstreamResponseHandler, loop: DirectLoop, now: NIODeadline) {
        self.request = request
        self.handler = handler
        self.loop = loop
        totalDeadline = now + request.timeouts.total
    }

    // MARK: From the caller

    func send(body: ByteBuffer) {
        switch state {
        case .active(let connection): connection.send(body: body)
        case .waiting, .connecting:
            let isFirst = queuedBody.readableBytes == 0
            // However small the pieces are, they take no more than their bytes.
            if isFirst { queuedBody = body } else { queuedBody.writeImmutableBuffer(body) }
            if isFirst { handler?.requestBodyWanted(false) }
        case .over: break
        }
    }

    func sendEnd() {
        isBodyEnded = true
        if case .active(let connection) = state { connection.sendEnd() }
    }

    var waitingBody: Int? {
        switch state {
        case .waiting, .connecting: queuedBody.readableBytes
        case .active, .over: nil
        }
    }

    func setReading(_ wanted: Bool) {
        guard wanted != isReadingWanted else { return }
        isReadingWanted = wanted
        if case .active(let connection) = state { connection.setReading(wanted, now: .now()) }
    }

    func cancel() {
        let (state, abandonConnection) = (state, abandonConnection)
        finish()
        switch state {
        case .waiting(let ticket): loop.withdraw(ticket)
        case .active(let connection): connection.cancelled()
        // Any other connection on its way up goes to the pool.
        case .connecting: abandonConnection?()
        case .over: break
        }
    }

    // MARK: From the loop and the connection

    var isConnecting: Bool { if case .connecting = state { true } else { false } }

    /// What came of a streamed body while there was no connection to send it on. Hands it over.
    func takeQueuedBody() -> (bytes: ByteBuffer, isEnded: Bool) {
        defer { queuedBody = ByteBuffer() }
        return (queuedBody, isBodyEnded)
    }

    /// The call is over; its handler hears one word more, if the caller says it.
    @discardableResult
    func finish() -> (any UpstreamResponseHandler)? {
        state = .over
        queuedBody = ByteBuffer()
        abandonConnection = nil
        return exchange(&handler, with: nil)
    }

    /// Ends the call with an error on the loop's next turn, since the handler may not hear of it before
    /// ``Transport/start(_:on:handler:)`` has returned.
    func failSoon(_ error: UpstreamError) {
        state = .over
        queuedBody = ByteBuffer()
        loop.eventLoop.assumeIsolated().execute { self.finish()?.failed(error) }
    }
}
