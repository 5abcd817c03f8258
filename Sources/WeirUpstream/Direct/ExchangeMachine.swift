import NIOCore
import WeirHTTP

/// One request and its response on one connection: when the connection can be used again, when the request can be sent
/// again, and how long to wait for what.
///
///     request    sending ──▶ sent                    response    awaited ──▶ begun ──▶ ended
///                   └──────▶ stopped (the answer is an error already)
///
/// ``DirectConnection`` drives it with what happens on its channel. It neither reads nor writes, and takes the time
/// from its caller.
struct ExchangeMachine: Sendable {
    /// What becomes of the connection once the response is whole.
    enum Ending: Sendable, Equatable { case reuse, close }

    /// What becomes of the call when the connection is lost before the response is whole.
    enum Loss: Sendable, Equatable {
        /// A connection that the peer had given up while it lay idle: again, on a new one. Not the upstream's failure.
        case retry
        /// The same, of a request that cannot simply be sent again: not the upstream's failure either.
        case failIdle
        case fail
    }

    private enum RequestSide: Sendable { case sending, sent, stopped }
    private enum ResponseSide: Sendable { case awaited, begun, ended }

    private var request = RequestSide.sending
    private var response = ResponseSide.ended
    private var isPersistent = false
    /// The channel does not take more of the request for now.
    private var isBlocked = false
    /// The reader does not want more of the response for now.
    private var isPaused = false
    /// The connection has carried another exchange before.
    private var isReused = false
    /// May be sent twice, and can be: idempotent, with its whole body at hand.
    private var isReplayable = false
    /// Some of the request may have reached the peer.
    private var isFlushed = false
    /// A piece of a streamed body has been handed over, and is not kept.
    private var isBodyBegun = false
    private var progressAt = NIODeadline.distantPast
    private var totalDeadline = NIODeadline.distantFuture
    private var timeouts = UpstreamTimeouts()

    init() {}

    // MARK: The request

    /// A request goes out on the connection; its body may follow.
    mutating func begin(
        _ request: borrowing UpstreamRequest,
        isReused: Bool,
        totalDeadline: NIODeadline,
        now: NIODeadline
    ) {
        self.request = .sending
        response = .awaited
        isPersistent = false
        isBlocked = false
        isPaused = false
        self.isReused = isReused
        isReplayable =
            switch request.body {
            case .none, .whole: request.isIdempotent
            case .streamed: false
            }
        isFlushed = false
        isBodyBegun = false
        progressAt = now
        self.totalDeadline = totalDeadline
        timeouts = request.timeouts
    }

    /// Whether more of the request's body is to be written.
    var isSending: Bool { request == .sending }

    /// A piece of a streamed body was handed over.
    mutating func sentPiece(now: NIODeadline) {
        isBodyBegun = true
        progressAt = now
    }

    /// A write came back without an error.
    mutating func flushed() { isFlushed = true }

    /// The last of the request was handed over.
    mutating func sentAll(now: NIODeadline) {
        guard request == .sending else { return }
        request = .sent
        progressAt = now
    }

    mutating func blocked(_ isBlocked: Bool, now: NIODeadline) {
        self.isBlocked = isBlocked
        progressAt = now
    }

    // MARK: The response

    mutating func paused(_ isPaused: Bool, now: NIODeadline) {
        self.isPaused = isPaused
        progressAt = now
    }

    mutating func receivedBytes(now: NIODeadline) {
        if response == .awaited { response = .begun }
        progressAt = now
    }

    /// A final response's head. An error that comes while the request is being sent ends the sending
    /// (RFC 9112 §9.5).
    mutating func received(status: UInt16, framing: BodyFraming, isPersistent: Bool) {
        self.isPersistent = isPersistent && framing != .untilClose
        if request == .sending && status >= 400 { request = .stopped }
    }

    /// The response is whole.
    /// - Parameter isClean: nothing of the request waits to be written, and nothing was read behind the response.
    mutating func receivedEnd(isClean: Bool) -> Ending {
        response = .ended
        return isPersistent && isClean && request == .sent ? .reuse : .close
    }

    /// The connection is gone, and the response not whole.
    func lost() -> Loss {
        guard isReused, response == .awaited else { return .fail }
        // A write that failed at once left the peer without a whole request to act on.
        let isUnsent = !isFlushed && !isBodyBegun
        return isReplayable || isUnsent ? .retry : .failIdle
    }

    // MARK: Time

    /// When to look at ``expired(now:)``; it may be later by then.
    var deadline: NIODeadline { min(totalDeadline, phaseDeadline) }

    func expired(now: NIODeadline) -> UpstreamError? {
        if now >= totalDeadline { return .totalTimeout }
        guard now >= phaseDeadline else { return nil }
        return request != .sending && response == .awaited ? .firstByteTimeout : .idleTimeout
    }

    /// The upstream's slowness is measured only while it is the upstream that we wait for: not while the client sends
    /// its body slowly, or does not read the response.
    private var phaseDeadline: NIODeadline {
        if request == .sending { return isBlocked ? progressAt + timeouts.idle : .distantFuture }
        if isPaused { return .distantFuture }
        return progressAt + (response == .awaited ? timeouts.firstByte : timeouts.idle)
    }
}
