import NIOCore
import Synchronization
import WeirUpstream

/// A transport that only remembers the calls begun through it; the test plays the upstream.
final class FakeTransport: Transport {
    /// One call begun, as the transport sees it.
    final class Call: UpstreamCall {
        let request: UpstreamRequest
        let handler: any UpstreamResponseHandler
        var sent = ByteBuffer()
        var isEnded = false
        var isReading = true
        var isCancelled = false
        var waitingBody: Int?

        init(_ request: UpstreamRequest, handler: any UpstreamResponseHandler) {
            self.request = request
            self.handler = handler
        }

        func send(body: ByteBuffer) { sent.writeImmutableBuffer(body) }
        func sendEnd() { isEnded = true }
        func setReading(_ wanted: Bool) { isReading = wanted }
        func cancel() { isCancelled = true }
    }

    private let begun: NIOLoopBoundBox<[Call]>
    private let stopped = Atomic(false)

    init(eventLoop: any EventLoop) { begun = NIOLoopBoundBox([], eventLoop: eventLoop) }

    /// Every call begun so far.
    var calls: [Call] { begun.value }
    var isShutDown: Bool { stopped.load(ordering: .relaxed) }

    func start(
        _ request: UpstreamRequest,
        on eventLoop: any EventLoop,
        handler: any UpstreamResponseHandler
    ) -> any UpstreamCall {
        let call = Call(request, handler: handler)
        begun.value.append(call)
        return call
    }

    var gauges: PoolGauges { PoolGauges(active: 1, idle: 2, pending: 3, max: 4) }

    func shutdown() async { stopped.store(true, ordering: .relaxed) }
}
