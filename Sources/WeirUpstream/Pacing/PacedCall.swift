import NIOCore

/// One try that waits until its upstream's limits have room for it.
///
///     waiting ─┬─▶ begun ─▶ (the try's own)
///              ├─▶ refused
///              └─▶ cancelled
///
/// Its request's body is whole: nothing comes while it waits. Lives on its event loop.
final class PacedCall: UpstreamCall {
    private enum Phase {
        case waiting
        case begun(any UpstreamCall)
        case over
    }

    private let upstream: Upstream
    private let service: Service
    private let key: PaceKey
    private let eventLoop: any EventLoop
    private let since: NIODeadline
    private let deadline: NIODeadline
    private var request: UpstreamRequest
    private var handler: (any UpstreamResponseHandler)?
    private var ticket: PaceTicket?
    private var phase = Phase.waiting
    private var isReadingWanted = true

    init(
        _ upstream: Upstream,
        _ request: UpstreamRequest,
        _ service: Service,
        _ key: PaceKey,
        on eventLoop: any EventLoop,
        handler: any UpstreamResponseHandler
    ) {
        self.upstream = upstream
        self.request = request
        self.service = service
        self.key = key
        self.eventLoop = eventLoop
        self.handler = handler
        since = eventLoop.now
        deadline = since + request.timeouts.total
    }

    /// Asks to go. What comes of it is heard of on a later turn of the loop, unless it is leave to go at once.
    /// - Returns: that leave; the call is of no use then.
    func arrive(tokens: Int, maxWait: TimeAmount) -> PacePass? {
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        let ticket = PaceTicket(tokens: tokens) { [eventLoop] word in
            eventLoop.execute { bound.value.heard(word) }
        }
        let until = min(since + maxWait, deadline)
        switch upstream.pacer.arrive(ticket, key, request.priority, until: until, on: eventLoop) {
        case .go(let pass): return pass
        case .waits: self.ticket = ticket
        case .refused(let wait):
            eventLoop.execute { bound.value.heard(.refused(after: wait)) }
        }
        return nil
    }

    private func heard(_ word: PaceWord) {
        // A call may be cancelled while the word is on its way.
        guard case .waiting = phase, let handler else { return }
        let now = eventLoop.now
        let waited = ticket == nil ? .zero : now - since
        ticket = nil
        self.handler = nil
        switch word {
        case .go(let pass):
            upstream.paceCounts.count(.sent, waited: waited)
            request.timeouts.total = max(deadline - now, .milliseconds(1))
            let call = upstream.begin(request, service, pass, usesBreaker: true, on: eventLoop, handler: handler)
            phase = .begun(call)
            if !isReadingWanted { call.setReading(false) }
        case .refused(let wait):
            upstream.paceCounts.count(.refused, waited: waited)
            upstream.counts.count(.paced, service)
            phase = .over
            handler.failed(.paced(retryAfterSeconds: wait.secondsRoundedUp))
        }
    }

    // MARK: The caller's side

    private var inner: (any UpstreamCall)? { if case .begun(let call) = phase { call } else { nil } }

    func send(body: ByteBuffer) { inner?.send(body: body) }

    func sendEnd() { inner?.sendEnd() }

    var waitingBody: Int? { inner.map(\.waitingBody) ?? 0 }

    func setReading(_ wanted: Bool) {
        isReadingWanted = wanted
        inner?.setReading(wanted)
    }

    func cancel() {
        switch phase {
        case .begun(let call): call.cancel()
        case .waiting:
            phase = .over
            handler = nil
            upstream.paceCounts.count(.cancelled, waited: ticket == nil ? .zero : eventLoop.now - since)
            upstream.counts.count(.cancelled, service)
            if let ticket { upstream.pacer.withdraw(ticket, of: key, on: eventLoop) }
            ticket = nil
        case .over: break
        }
    }
}
