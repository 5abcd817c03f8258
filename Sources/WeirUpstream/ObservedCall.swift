import NIOCore
import WeirHTTP

/// Stands between a caller and a transport for one call: passes everything on, and tells breaker and counts how it
/// ended, and the ``Pacer`` what the answer says of limits.
///
/// A status of 500 or more is a failure at the response's head. A head below that is a success when its body is whole,
/// so that one that breaks off still counts; but a probe's head is a success at once, since a stream may run for long
/// while the breaker waits, and then its breaking off counts by itself. A total time that runs out by the client's own
/// pace is no outcome (``CallProgress``), as little as a cancelled call is; and a breaker hears when its probe waits for
/// its client.
final class ObservedCall: UpstreamCall, UpstreamResponseHandler {
    private let upstream: Upstream
    private let service: Service
    private let ticket: BreakerTicket?
    private let pass: PacePass?
    private let eventLoop: any EventLoop
    private var progress: CallProgress
    private var isHoldTold = false
    private var inner: (any UpstreamCall)?
    private var handler: (any UpstreamResponseHandler)?
    private var isServerError = false

    init(
        _ upstream: Upstream,
        _ service: Service,
        _ ticket: BreakerTicket?,
        _ pass: PacePass?,
        _ body: UpstreamRequest.Body,
        on eventLoop: any EventLoop,
        handler: any UpstreamResponseHandler
    ) {
        self.eventLoop = eventLoop
        self.upstream = upstream
        self.service = service
        self.ticket = ticket
        self.pass = pass
        progress = CallProgress(body)
        self.handler = handler
    }

    func start(_ request: UpstreamRequest, through transport: any Transport) {
        tellHold()
        inner = transport.start(request, on: eventLoop, handler: self)
    }

    /// The call is not let through.
    func refuse(_ error: UpstreamError) {
        eventLoop.assumeIsolated().execute {
            guard self.handler != nil else { return }
            self.end(UpstreamOutcome(error))?.failed(error)
        }
    }

    // MARK: The caller's side

    func send(body: ByteBuffer) { inner?.send(body: body) }

    func sendEnd() {
        progress.bodyEnded()
        tellHold()
        inner?.sendEnd()
    }

    var waitingBody: Int? { inner?.waitingBody }

    func setReading(_ wanted: Bool) { inner?.setReading(wanted) }

    func cancel() {
        guard handler != nil else { return }
        let inner = inner
        end(isServerError ? .serverError : .cancelled)
        if !isServerError { report(.cancelled) }
        inner?.cancel()
    }

    // MARK: The transport's side

    func received(informational head: ResponseHead) { handler?.received(informational: head) }

    func received(head: ResponseHead) {
        progress.receivedHead()
        if let pass { upstream.pacer.told(pass, head, on: eventLoop) }
        if head.status >= 500 {
            isServerError = true
            report(.failure)
        } else if let ticket, ticket.isProbe {
            report(.success)
        }
        handler?.received(head: head)
    }

    func received(body: ByteBuffer) { handler?.received(body: body) }

    func receivedBurst() { handler?.receivedBurst() }

    func receivedEnd(trailers: FieldSection) {
        if !isServerError { report(.success) }
        end(isServerError ? .serverError : .success)?.receivedEnd(trailers: trailers)
    }

    func failed(_ error: UpstreamError) {
        if !isServerError {
            let isFailure = progress.concernsUpstream(error) && upstream.countsAsFailure(error)
            report(isFailure ? .failure : .cancelled)
        }
        end(UpstreamOutcome(error))?.failed(error)
    }

    func requestBodyWanted(_ wanted: Bool) {
        progress.bodyWanted(wanted)
        tellHold()
        handler?.requestBodyWanted(wanted)
    }

    /// The call was for the switch; how the tunnel ends says nothing of it.
    func received(switching head: ResponseHead, to tunnel: any UpstreamTunnel) {
        report(.success)
        end(.success)?.received(switching: head, to: tunnel)
    }

    // MARK: Outcomes

    /// Tells the breaker whether its probe waits for its client, where that has changed.
    private func tellHold() {
        guard let ticket, ticket.isProbe, handler != nil, progress.isHeldByClient != isHoldTold else { return }
        isHoldTold = progress.isHeldByClient
        upstream.breaker(for: service).report(ticket, isHeldByClient: isHoldTold, now: eventLoop.now)
    }

    private func report(_ outcome: BreakerOutcome) {
        if let ticket { upstream.breaker(for: service).report(ticket, outcome, now: eventLoop.now) }
    }

    /// Counts the call, and lets go of both sides.
    /// - Returns: the handler, for its last word.
    @discardableResult
    private func end(_ outcome: UpstreamOutcome) -> (any UpstreamResponseHandler)? {
        upstream.counts.count(outcome, service)
        inner = nil
        return exchange(&handler, with: nil)
    }
}
