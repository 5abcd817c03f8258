import NIOCore
import WeirHTTP

/// Stands between a caller and the transport of one address for one call: passes everything on, and tells how it went.
///
/// A status of 500 or more is a failure at the response's head; below that the body has to be whole. The address is
/// told before the handler is, so that a call which the handler begins then goes elsewhere if it should.
final class BalancedCall: UpstreamCall, UpstreamResponseHandler {
    private let addresses: Addresses
    private let choice: BalanceMachine.Choice
    private var inner: (any UpstreamCall)?
    private var handler: (any UpstreamResponseHandler)?
    private var isReported = false
    private var progress: CallProgress

    init(
        _ addresses: Addresses,
        _ choice: BalanceMachine.Choice,
        _ body: UpstreamRequest.Body,
        handler: any UpstreamResponseHandler
    ) {
        self.addresses = addresses
        self.choice = choice
        progress = CallProgress(body)
        self.handler = handler
    }

    func start(_ request: UpstreamRequest, through transport: any Transport, on eventLoop: any EventLoop) {
        inner = transport.start(request, on: eventLoop, handler: self)
    }

    // MARK: The caller's side

    func send(body: ByteBuffer) { inner?.send(body: body) }

    func sendEnd() {
        progress.bodyEnded()
        inner?.sendEnd()
    }

    var waitingBody: Int? { inner?.waitingBody }

    func setReading(_ wanted: Bool) { inner?.setReading(wanted) }

    func cancel() {
        guard handler != nil else { return }
        let inner = inner
        end(.nothing)
        inner?.cancel()
    }

    // MARK: The transport's side

    func received(informational head: ResponseHead) { handler?.received(informational: head) }

    func received(head: ResponseHead) {
        progress.receivedHead()
        if head.status >= 500 {
            isReported = true
            addresses.report(choice, .failure)
        }
        handler?.received(head: head)
    }

    func received(body: ByteBuffer) { handler?.received(body: body) }

    func receivedBurst() { handler?.receivedBurst() }

    func receivedEnd(trailers: FieldSection) { end(.success)?.receivedEnd(trailers: trailers) }

    func failed(_ error: UpstreamError) {
        end(progress.concernsUpstream(error) ? AddressOutcome(error) : .nothing)?.failed(error)
    }

    func requestBodyWanted(_ wanted: Bool) {
        progress.bodyWanted(wanted)
        handler?.requestBodyWanted(wanted)
    }

    func received(switching head: ResponseHead, to tunnel: any UpstreamTunnel) {
        end(.success)?.received(switching: head, to: tunnel)
    }

    // MARK: The end

    /// Gives the address back, and lets go of both sides.
    /// - Returns: the handler, for its last word.
    @discardableResult
    private func end(_ outcome: AddressOutcome) -> (any UpstreamResponseHandler)? {
        addresses.end(choice, isReported ? nil : outcome)
        inner = nil
        return exchange(&handler, with: nil)
    }
}
