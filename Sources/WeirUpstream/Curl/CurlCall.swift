import NIOCore
import WeirHTTP

/// A call through libcurl, on its event loop: passes what the proxy asks to ``CurlLoop`` and what happens there to
/// the handler. The two sides share nothing but the counts of bytes on their way.
final class CurlCall: UpstreamCall, Sendable {
    private struct Front {
        /// Nil once the call has ended for it.
        var handler: (any UpstreamResponseHandler)?
        var isBodyWanted = true
        /// Bytes of the request's body that the proxy has sent.
        var sent = 0
    }

    let eventLoop: any EventLoop
    /// Response bytes that the handler has not had yet.
    let inbound = CurlBacklog()
    /// Request bytes that libcurl has not had yet.
    let outbound = CurlBacklog()
    private let engine: CurlEngine
    private let front: NIOLoopBoundBox<Front>

    init(engine: CurlEngine, eventLoop: any EventLoop, handler: any UpstreamResponseHandler) {
        self.engine = engine
        self.eventLoop = eventLoop
        front = NIOLoopBoundBox(Front(handler: handler), eventLoop: eventLoop)
    }

    func start(_ request: UpstreamRequest, _ upstream: CurlUpstream) {
        if !engine.post(.start(self, request, upstream)) {
            eventLoop.execute { self.deliver([.failed(.draining)]) }
        }
    }

    // MARK: From the proxy

    func send(body: ByteBuffer) {
        guard let handler = front.value.handler, body.readableBytes > 0 else { return }
        outbound.add(body.readableBytes)
        front.value.sent += body.readableBytes
        _ = engine.post(.body(self, body))
        if front.value.isBodyWanted, outbound.isFull {
            front.value.isBodyWanted = false
            handler.requestBodyWanted(false)
        }
    }

    func sendEnd() {
        guard front.value.handler != nil else { return }
        _ = engine.post(.bodyEnd(self))
    }

    /// libcurl asks for them once it has a connection.
    var waitingBody: Int? {
        let waiting = outbound.count
        return waiting == front.value.sent ? waiting : nil
    }

    func setReading(_ wanted: Bool) {
        guard front.value.handler != nil else { return }
        _ = engine.post(.reading(self, wanted))
    }

    func cancel() {
        guard front.value.handler != nil else { return }
        front.value.handler = nil
        _ = engine.post(.cancel(self))
    }

    // MARK: From libcurl's thread

    /// What has happened, in order. The handler may cancel in the middle of it, and hears nothing more then.
    func deliver(_ events: [CurlEvent]) {
        for event in events { deliver(event) }
        front.value.handler?.receivedBurst()
    }

    private func deliver(_ event: CurlEvent) {
        guard let handler = front.value.handler else { return }
        switch event {
        case .informational(let head): handler.received(informational: head)
        case .head(let head): handler.received(head: head)
        case .body(let bytes):
            // Counted off first, so that a handler which stops reading now is obeyed after this piece.
            let hasDrained = inbound.remove(bytes.readableBytes)
            handler.received(body: bytes)
            if hasDrained { _ = engine.post(.drained(self)) }
        case .bodyWanted:
            // Filled again since: another such event will follow.
            guard !front.value.isBodyWanted, outbound.isDrained else { return }
            front.value.isBodyWanted = true
            handler.requestBodyWanted(true)
        case .end(let trailers):
            front.value.handler = nil
            handler.receivedEnd(trailers: trailers)
        case .failed(let error):
            front.value.handler = nil
            handler.failed(error)
        }
    }
}
