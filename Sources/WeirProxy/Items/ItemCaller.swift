import NIOCore
import WeirCache
import WeirOpenAI
import WeirUpstream

/// Who orders items: what of it belongs to its event loop.
///
/// `@unchecked Sendable`: but for ``eventLoop`` everything is touched on that loop alone.
final class ItemCaller: @unchecked Sendable {
    let eventLoop: any EventLoop
    let worker: Worker
    let route: Route
    let generation: Generation
    let endpoint: APIEndpoint
    /// As the upstream is to see it, its body aside.
    let request: UpstreamRequest
    /// Where such a request may go when the upstream fails.
    let fallback: FallbackPlan?
    /// Of what it orders.
    private let account: CallAccount?
    /// Counts the body of its request.
    private let bodyAccount: BufferAccount?

    init(
        worker: Worker,
        route: Route,
        generation: Generation,
        endpoint: APIEndpoint,
        request: UpstreamRequest,
        fallback: FallbackPlan?,
        account: CallAccount?,
        bodyAccount: BufferAccount?
    ) {
        eventLoop = worker.eventLoop
        self.worker = worker
        self.route = route
        self.generation = generation
        self.endpoint = endpoint
        self.request = request
        self.fallback = fallback
        self.account = account
        self.bodyAccount = bodyAccount
    }

    // MARK: Its account, from any event loop

    func call() { onEventLoop { $0.call() } }

    func answer(status: UInt16, isFallback: Bool) { onEventLoop { $0.answer(status: status, isFallback: isFallback) } }

    func close(_ reading: AnswerReading? = nil, error: UpstreamError? = nil) {
        onEventLoop { $0.close(reading, error: error) }
    }

    private func onEventLoop(_ action: @escaping @Sendable (CallAccount) -> Void) {
        guard !eventLoop.inEventLoop else { return account.map(action) ?? () }
        eventLoop.execute { [self] in account.map(action) ?? () }
    }
}
