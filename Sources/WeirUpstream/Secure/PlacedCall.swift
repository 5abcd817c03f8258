import NIOCore
import WeirHTTP

/// A call over a connection of its own beside libcurl's: it waits for a place among them first, and keeps it for as long as
/// the connection lasts.
///
///     waiting ── placed ──▶ under way ─┬─ answered, failed, cancelled: the place is free
///                                      └─ switched: the place is the ``PlacedTunnel``'s
///
/// Lives on its event loop.
final class PlacedCall: UpstreamCall, UpstreamResponseHandler {
    private var request: UpstreamRequest
    private let transport: DirectTransport
    private let eventLoop: any EventLoop
    private let totalDeadline: NIODeadline
    private var handler: (any UpstreamResponseHandler)?
    private var place: CurlCall?
    private var inner: (any UpstreamCall)?
    private var isReadingWanted = true

    init(
        _ request: UpstreamRequest,
        through transport: DirectTransport,
        on eventLoop: any EventLoop,
        handler: any UpstreamResponseHandler
    ) {
        self.request = request
        self.transport = transport
        self.eventLoop = eventLoop
        self.handler = handler
        totalDeadline = .now() + request.timeouts.total
    }

    func start(in curl: CurlTransport) {
        place = curl.takePlace(for: request, on: eventLoop, handler: self) { self.placed() }
    }

    private func placed() {
        // What is left of the call's time.
        request.timeouts.total = max(totalDeadline - .now(), .milliseconds(1))
        let call = transport.start(request, on: eventLoop, handler: self)
        inner = call
        if !isReadingWanted { call.setReading(false) }
    }

    // MARK: The caller's side

    func send(body: ByteBuffer) { preconditionFailure("Cannot send a body with an offer to switch protocols") }

    /// There is nothing before it.
    func sendEnd() {}

    func setReading(_ wanted: Bool) {
        isReadingWanted = wanted
        inner?.setReading(wanted)
    }

    func cancel() {
        let inner = inner
        end()
        inner?.cancel()
    }

    // MARK: The connection's side

    func received(informational head: ResponseHead) { handler?.received(informational: head) }

    func received(head: ResponseHead) { handler?.received(head: head) }

    func received(body: ByteBuffer) { handler?.received(body: body) }

    func receivedBurst() { handler?.receivedBurst() }

    func receivedEnd(trailers: FieldSection) { end()?.receivedEnd(trailers: trailers) }

    /// The call's own failure, or that of its place: none came free, or Weir stops.
    func failed(_ error: UpstreamError) {
        let inner = inner
        let handler = end()
        inner?.cancel()
        handler?.failed(error)
    }

    func requestBodyWanted(_ wanted: Bool) { handler?.requestBodyWanted(wanted) }

    func received(switching head: ResponseHead, to tunnel: any UpstreamTunnel) {
        let placed = PlacedTunnel(tunnel, place: exchange(&place, with: nil))
        end()?.received(switching: head, to: placed)
        placed.leaveUnlessBegun()
    }

    /// - Returns: the handler, for its last word.
    @discardableResult
    private func end() -> (any UpstreamResponseHandler)? {
        exchange(&place, with: nil)?.cancel()
        inner = nil
        return exchange(&handler, with: nil)
    }
}
