import NIOCore
import WeirHTTP

/// One call on libcurl's thread: what its callbacks read and write, and what they leave for the call's event loop.
///
/// Driven by ``CurlCallbacks`` from within libcurl and by ``CurlLoop`` between libcurl's turns; both run on one thread.
/// Owned by ``CurlLoop``.
final class CurlTransfer {
    let call: CurlCall
    let request: UpstreamRequest
    let upstream: CurlUpstream
    /// Set while the call runs, nil while it waits for a place.
    var handle: CurlHandle?
    /// Set while it waits.
    var ticket: QueueTicket?
    /// What goes wrong within callbacks, or by the clock; libcurl's own result is then only a consequence.
    var failure: UpstreamError?
    private(set) var timers: CurlTimers
    /// Whether the request may have reached the upstream.
    private(set) var hasBegun = false
    /// Some of a response has come.
    private(set) var isAnswered = false

    private var goodbye = CurlGoodbye()
    private let outbox: CurlOutbox
    private var head: ResponseLines
    private var upload: CurlUpload
    private var events: [CurlEvent] = []
    /// Response bytes of this turn, not yet among `events`.
    private var body = ByteBuffer()
    private var isOutboxed = false
    /// Whether the handler wants the response.
    private var isReadingWanted = true
    /// What libcurl was told to leave be.
    private var isReceivingPaused = false
    private var isSendingPaused = false

    init(call: CurlCall, request: UpstreamRequest, upstream: CurlUpstream, outbox: CurlOutbox, now: NIODeadline) {
        self.call = call
        self.request = request
        self.upstream = upstream
        self.outbox = outbox
        timers = CurlTimers(timeouts: request.timeouts, now: now)
        head = ResponseLines(answering: request.method)
        upload = CurlUpload(request.body)
    }

    /// Bytes of the request's body, -1 where unknown; nil where there is none to be announced.
    var uploadLength: Int64? {
        switch (request.body, request.method) {
        case (_, .head): nil
        // A method that is about its content says so when there is none (RFC 9110 §8.6).
        case (.none, .post), (.none, .put), (.none, .patch): 0
        case (.none, _): nil
        case (.whole, _), (.streamed, _): upload.announcedLength
        }
    }

    /// How the transfer ended for the handler, after libcurl has said how it ended for itself.
    /// - Parameter result: nil for success.
    func outcome(_ result: UpstreamError?) -> CurlEvent {
        if let failure = failure ?? result { return .failed(failure) }
        guard head.isFinal else { return .failed(.reset) }
        do throws(MessageError) {
            return .end(try head.trailers())
        } catch {
            return .failed(.malformed(error.reason.description))
        }
    }

    // MARK: From libcurl

    /// The connection stands. For a second time when libcurl found it dead and took another.
    /// - Returns: whether the request may go out.
    func begin() -> Bool {
        // The first connection may have carried it to the upstream (RFC 9110 §9.2.2).
        if hasBegun, !request.isIdempotent, !goodbye.isUnprocessed {
            failure = .lostIdle
            return false
        }
        hasBegun = true
        goodbye.reset()
        timers.begun(now: .now())
        if uploadLength == nil || upload.isFinished { timers.sent(now: .now()) }
        return true
    }

    /// - Returns: false when the response is of no use.
    func receive(headLine line: Span<UInt8>) -> Bool {
        isAnswered = true
        do throws(MessageError) {
            guard let head = try head.receive(line: line) else { return true }
            if !self.head.isHTTP2 { handle?.forbidReuse() }
            if head.isInformational {
                emit(.informational(head))
            } else {
                timers.received(now: .now())
                emit(.head(head))
            }
            return true
        } catch {
            failure = .malformed(error.reason.description)
            return false
        }
    }

    /// - Returns: false when the bytes must be offered again later; nothing was taken of them.
    func receive(body bytes: RawSpan) -> Bool {
        guard isReadingWanted, !call.inbound.isFull else {
            isReceivingPaused = true
            timers.isPaused = true
            return false
        }
        timers.received(now: .now())
        call.inbound.add(bytes.byteCount)
        body.writeBytes(bytes)
        enterOutbox()
        return true
    }

    func nextUpload(upTo count: Int) -> CurlUpload.Piece {
        let piece = upload.next(upTo: count)
        outbox.noteActivity()
        switch piece {
        case .bytes(let bytes):
            timers.wrote(now: .now())
            if case .streamed = request.body, call.outbound.remove(bytes.readableBytes) { emit(.bodyWanted) }
            if upload.isFinished { timers.sent(now: .now()) }
        case .none:
            isSendingPaused = true
            timers.isStarved = true
        case .end:
            timers.sent(now: .now())
        case .short:
            failure = .reset
        }
        return piece
    }

    /// Asked for when an idle connection was dead.
    func rewindUpload() -> Bool {
        guard !upload.rewind() else { return true }
        failure = goodbye.isUnprocessed ? .unprocessed : .lostIdle
        return false
    }

    func receive(trace line: Span<UInt8>) { goodbye.note(line) }

    /// What a connection means that ended before anything of a response.
    /// - Parameter isUsed: it had carried another call before.
    func loss(onUsedConnection isUsed: Bool) -> UpstreamError {
        if isAnswered { return .reset }
        return goodbye.isUnprocessed ? .unprocessed : isUsed ? .lostIdle : .reset
    }

    // MARK: From the event loop

    func append(_ piece: ByteBuffer) {
        upload.append(piece)
        resumeSending()
    }

    func completeUpload() {
        upload.complete()
        resumeSending()
    }

    func setReading(_ wanted: Bool) {
        isReadingWanted = wanted
        resumeReceiving()
    }

    /// Lets libcurl offer again what was refused, if it can be taken now.
    func resumeReceiving() {
        guard isReceivingPaused, isReadingWanted, !call.inbound.isFull else { return }
        isReceivingPaused = false
        timers.received(now: .now())
        applyPauses()
    }

    private func resumeSending() {
        guard isSendingPaused else { return }
        isSendingPaused = false
        timers.wrote(now: .now())
        applyPauses()
    }

    private func applyPauses() {
        // A failure here is reported by libcurl as the transfer's result on its next turn.
        _ = handle?.pause(receiving: isReceivingPaused, sending: isSendingPaused)
    }

    // MARK: To the event loop

    func emit(_ event: CurlEvent) {
        takeBody()
        events.append(event)
        enterOutbox()
    }

    /// Everything since the last time, in order.
    func takeEvents() -> [CurlEvent] {
        takeBody()
        isOutboxed = false
        defer { events = [] }
        return events
    }

    private func takeBody() {
        guard body.readableBytes > 0 else { return }
        events.append(.body(body))
        body = ByteBuffer()
    }

    private func enterOutbox() {
        guard !isOutboxed else { return }
        isOutboxed = true
        outbox.transfers.append(self)
    }
}
