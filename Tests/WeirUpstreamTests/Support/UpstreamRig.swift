import NIOCore
import NIOEmbedded
import Synchronization
import Testing
import WeirHTTP
import WeirTesting

@testable import WeirUpstream

/// An upstream whose transport a test plays, on an event loop whose time it makes pass.
struct UpstreamRig {
    /// A call, and what its caller has heard of it.
    struct Call {
        let call: any UpstreamCall
        let record: Watched<CallRecord>
        var heard: CallRecord { record.value }
    }

    let eventLoop: EmbeddedEventLoop
    let transport: FakeTransport
    let upstream: Upstream

    init(
        _ name: String = "app",
        retry: RetrySettings = RetrySettings(),
        breaker: BreakerSettings = BreakerSettings(),
        on eventLoop: EmbeddedEventLoop = EmbeddedEventLoop()
    ) {
        self.eventLoop = eventLoop
        transport = FakeTransport(eventLoop: eventLoop)
        let settings = UpstreamSettings(
            name: name,
            url: UpstreamURL(scheme: .http, host: "\(name).test"),
            breaker: breaker,
            retry: retry
        )
        upstream = Upstream(settings: settings, transport: transport)
    }

    func call(
        _ request: UpstreamRequest = .test(),
        service: Service = .chat,
        usesBreaker: Bool = true,
        patience: TimeAmount? = nil,
        fallback: Fallback? = nil
    ) -> Call {
        let record = Watched(CallRecord())
        let handler = RecordingHandler(record: record)
        let call = upstream.call(
            request,
            service: service,
            usesBreaker: usesBreaker,
            patience: patience,
            fallback: fallback,
            on: eventLoop,
            handler: handler
        )
        handler.call = call
        return Call(call: call, record: record)
    }

    /// The try under way.
    func last() throws -> FakeTransport.Call { try #require(transport.calls.last) }
    var tries: Int { transport.calls.count }

    /// Ends the try under way with a whole answer.
    func answer(_ status: UInt16, _ fields: FieldSection = [:], body: String = "") throws {
        let handler = try last().handler
        handler.received(head: ResponseHead(status: status, fields: fields))
        if !body.isEmpty { handler.received(body: ByteBuffer(string: body)) }
        handler.receivedEnd(trailers: [:])
    }

    func fail(_ error: UpstreamError) throws { try last().handler.failed(error) }

    /// Lets the longest back-off before a first retry pass.
    func pass(_ time: TimeAmount = .milliseconds(100)) { eventLoop.advanceTime(by: time) }

    /// Those that have come up.
    var retries: [RetryOutcome: Int] { upstream.snapshot().retries.filter { $0.value > 0 } }
    var fallbacks: [FallbackOutcome: Int] { upstream.snapshot().fallbacks.filter { $0.value > 0 } }
    var outcomes: [UpstreamOutcome: Int]? { upstream.snapshot().outcomes[.chat] }

    /// Nothing is held that should have been given back.
    var isIdle: Bool { upstream.budget.withLock { $0.calls == 0 && $0.retries == 0 && $0.waits == 0 } }
}
