import NIOCore
import WeirHTTP

/// A call that goes to another upstream when the first one fails, as long as the caller has had nothing of an answer.
///
///     first ──▶ passing                                      its answer, good or final
///       └─────▶ other ─┬─▶ passing (the other's answer)
///                      └─▶ passing (the first one's failure)  when the other does no better
///
/// The first one's failed answer is kept, its call paused, until the other's head is there; so nothing is lost when that
/// fails too. Both calls retry by themselves, behind breakers and budgets of their own. Lives on its event loop.
final class FallbackCall: UpstreamCall {
    private enum Failure {
        case error(UpstreamError)
        case answer(HeldAnswer)
    }

    private enum Phase {
        case first
        /// The other upstream is called; what the first one failed with.
        case other(Failure)
        case passing
        case over
    }

    private let upstream: Upstream
    private let fallback: Fallback
    private let usesBreaker: Bool
    private let isIdempotent: Bool
    private let eventLoop: any EventLoop
    private let deadline: NIODeadline
    private var replay: RequestReplay
    private var handler: (any UpstreamResponseHandler)?
    private var first: (any UpstreamCall)?
    private var other: (any UpstreamCall)?
    private var phase = Phase.first
    private(set) var isFallback = false
    private var isReadingWanted = true
    /// The call that gets the request's body takes more of it.
    private var isCurrentWanting = true
    private var isReplaying = false
    private var isBodyWantedTold = true

    init(
        _ upstream: Upstream,
        _ fallback: Fallback,
        request: UpstreamRequest,
        usesBreaker: Bool,
        on eventLoop: any EventLoop,
        handler: any UpstreamResponseHandler
    ) {
        self.upstream = upstream
        self.fallback = fallback
        self.usesBreaker = usesBreaker
        self.eventLoop = eventLoop
        self.handler = handler
        isIdempotent = request.isIdempotent
        deadline = eventLoop.now + request.timeouts.total
        replay = RequestReplay(request.body, limit: upstream.settings.retry.maxBody)
    }

    /// - Parameter begin: begins the call to the first upstream with the handler it is given.
    func start(_ begin: (any UpstreamResponseHandler) -> any UpstreamCall) {
        first = begin(FallbackSide(self, isOther: false))
    }

    // MARK: The caller's side

    /// Whose answer the caller gets, or will get as things stand.
    private var current: (any UpstreamCall)? { other ?? first }

    func send(body: ByteBuffer) {
        guard handler != nil else { return }
        if case .first = phase { replay.append(body, isHeld: false) }
        current?.send(body: body)
    }

    func sendEnd() {
        replay.end()
        current?.sendEnd()
    }

    var waitingBody: Int? { current?.waitingBody }

    func setReading(_ wanted: Bool) {
        isReadingWanted = wanted
        current?.setReading(wanted)
    }

    func cancel() {
        guard handler != nil else { return }
        if case .other = phase { upstream.countFallback(.cancelled) }
        let calls = [first, other]
        finish()
        for call in calls { call?.cancel() }
    }

    // MARK: The upstreams' sides

    fileprivate func received(informational head: ResponseHead, isOther: Bool) {
        handler?.received(informational: head)
    }

    fileprivate func received(head: ResponseHead, isOther: Bool) {
        if isOther {
            if FallbackRules.isFailure(status: head.status) { return otherFailed() }
            otherAnswers()
        } else if FallbackRules.takesOver(after: head.status, isIdempotent: isIdempotent),
            let request = requestForOther()
        {
            first?.setReading(false)
            phase = .other(.answer(HeldAnswer(head)))
            return callOther(request)
        }
        beginPassing()
        handler?.received(head: head)
    }

    fileprivate func received(body: ByteBuffer, isOther: Bool) {
        guard !hold(isOther, { $0.append(body) }) else { return }
        handler?.received(body: body)
    }

    fileprivate func receivedBurst(isOther: Bool) { if case .passing = phase { handler?.receivedBurst() } }

    fileprivate func receivedEnd(trailers: FieldSection, isOther: Bool) {
        guard !hold(isOther, { $0.end = .whole(trailers: trailers) }) else {
            first = nil
            return
        }
        finish()?.receivedEnd(trailers: trailers)
    }

    fileprivate func received(switching head: ResponseHead, to tunnel: any UpstreamTunnel, isOther: Bool) {
        if isOther { otherAnswers() }
        finish()?.received(switching: head, to: tunnel)
    }

    fileprivate func failed(_ error: UpstreamError, isOther: Bool) {
        guard !hold(isOther, { $0.end = .failed(error) }) else {
            first = nil
            return
        }
        switch phase {
        case .first:
            guard FallbackRules.takesOver(after: error, isIdempotent: isIdempotent), let request = requestForOther()
            else { break }
            first = nil
            phase = .other(.error(error))
            return callOther(request)
        case .other: return otherFailed()
        case .passing, .over: break
        }
        finish()?.failed(error)
    }

    fileprivate func requestBodyWanted(_ wanted: Bool, isOther: Bool) {
        guard isOther == (other != nil) else { return }
        isCurrentWanting = wanted
        tellBodyWanted()
    }

    private func tellBodyWanted() {
        guard !isReplaying, isCurrentWanting != isBodyWantedTold else { return }
        isBodyWantedTold = isCurrentWanting
        handler?.requestBodyWanted(isCurrentWanting)
    }

    // MARK: The change

    /// What comes of the first one's failed answer while the other one is called is kept with it.
    /// - Returns: whether that was so.
    private func hold(_ isOther: Bool, _ change: (inout HeldAnswer) -> Void) -> Bool {
        guard !isOther, case .other(.answer(var held)) = phase else { return false }
        change(&held)
        phase = .other(.answer(held))
        return true
    }

    private func requestForOther() -> UpstreamRequest? {
        let now = eventLoop.now
        guard replay.isWhole, now < deadline else { return nil }
        var request = fallback.makeRequest()
        request.timeouts.total = min(request.timeouts.total, deadline - now)
        return request
    }

    private func callOther(_ request: UpstreamRequest) {
        let call = fallback.upstream.call(
            request,
            service: fallback.service,
            usesBreaker: usesBreaker,
            on: eventLoop,
            handler: FallbackSide(self, isOther: true)
        )
        other = call
        if !isReadingWanted { call.setReading(false) }
        isCurrentWanting = true
        isReplaying = true
        replay.play(on: call)
        isReplaying = false
        tellBodyWanted()
    }

    private func otherAnswers() {
        upstream.countFallback(.answered)
        first?.cancel()
        first = nil
        isFallback = true
    }

    /// The caller hears of the first failure, as if there had been no other upstream.
    private func otherFailed() {
        guard case .other(let failure) = phase else { return }
        upstream.countFallback(.failed)
        let failed = other
        other = nil
        failed?.cancel()
        switch failure {
        case .error(let error):
            finish()?.failed(error)
        case .answer(let held):
            beginPassing()
            handler?.received(head: held.head)
            if held.body.readableBytes > 0 { handler?.received(body: held.body) }
            switch held.end {
            case nil:
                handler?.receivedBurst()
                if isReadingWanted { first?.setReading(true) }
            case .whole(let trailers): finish()?.receivedEnd(trailers: trailers)
            case .failed(let error): finish()?.failed(error)
            }
        }
    }

    private func beginPassing() {
        phase = .passing
        replay.drop()
    }

    /// - Returns: the handler, for its last word.
    @discardableResult
    private func finish() -> (any UpstreamResponseHandler)? {
        phase = .over
        first = nil
        other = nil
        replay.drop()
        return exchange(&handler, with: nil)
    }
}

/// Tells a ``FallbackCall`` which of its two calls a word comes from.
private final class FallbackSide: UpstreamResponseHandler {
    private let call: FallbackCall
    private let isOther: Bool

    init(_ call: FallbackCall, isOther: Bool) {
        self.call = call
        self.isOther = isOther
    }

    func received(informational head: ResponseHead) { call.received(informational: head, isOther: isOther) }
    func received(head: ResponseHead) { call.received(head: head, isOther: isOther) }
    func received(body: ByteBuffer) { call.received(body: body, isOther: isOther) }
    func receivedBurst() { call.receivedBurst(isOther: isOther) }
    func receivedEnd(trailers: FieldSection) { call.receivedEnd(trailers: trailers, isOther: isOther) }
    func failed(_ error: UpstreamError) { call.failed(error, isOther: isOther) }
    func requestBodyWanted(_ wanted: Bool) { call.requestBodyWanted(wanted, isOther: isOther) }
    func received(switching head: ResponseHead, to tunnel: any UpstreamTunnel) {
        call.received(switching: head, to: tunnel, isOther: isOther)
    }
}
