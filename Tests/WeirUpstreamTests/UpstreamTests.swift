import NIOCore
import NIOEmbedded
import Synchronization
import Testing
import WeirHTTP
import WeirTesting
import WeirUpstream

/// What an upstream's breakers and counts make of a call, whatever its transport.
@Suite struct UpstreamTests {
    private let eventLoop = EmbeddedEventLoop()
    private let transport: FakeTransport
    private let upstream: Upstream

    init() {
        transport = FakeTransport(eventLoop: eventLoop)
        let settings = UpstreamSettings(
            name: "openai",
            url: UpstreamURL(scheme: .https, host: "api.openai.com"),
            breaker: BreakerSettings(failures: 2, open: .hours(1), openMax: .hours(1)),
            // Opens at once, and lets its probe out at once.
            breakerByService: [.embeddings: BreakerSettings(failures: 1, open: .nanoseconds(1))],
            retry: RetrySettings(attempts: 1)
        )
        upstream = Upstream(settings: settings, transport: transport)
    }

    /// A call, and what its handler has heard.
    private func call(_ service: Service = .chat, usesBreaker: Bool = true) -> (any UpstreamCall, Watched<CallRecord>) {
        let record = Watched(CallRecord())
        let handler = RecordingHandler(record: record)
        let call = upstream.call(
            .test(.post, body: .streamed(length: nil)),
            service: service,
            usesBreaker: usesBreaker,
            on: eventLoop,
            handler: handler
        )
        return (call, record)
    }

    private func state(_ service: Service) -> BreakerState? { upstream.snapshot().breakers[service]?.state }
    private func outcomes(_ service: Service) -> [UpstreamOutcome: Int]? { upstream.snapshot().outcomes[service] }

    private func last() throws -> FakeTransport.Call { try #require(transport.calls.last) }

    @Test("Everything passes through both ways")
    func passesThrough() throws {
        let (call, record) = call()
        let inner = try last()
        call.send(body: ByteBuffer(string: "body"))
        call.sendEnd()
        call.setReading(false)
        #expect(inner.sent == ByteBuffer(string: "body") && inner.isEnded && !inner.isReading)
        inner.handler.requestBodyWanted(false)
        inner.handler.received(informational: ResponseHead(status: 103))
        inner.handler.received(head: ResponseHead(status: 200))
        inner.handler.received(body: ByteBuffer(string: "answer"))
        inner.handler.receivedBurst()
        inner.handler.receivedEnd(trailers: ["X-Sum": "7"])
        let heard = record.value
        #expect(heard.waits == 1)
        #expect(heard.informational == [103])
        #expect(heard.status == 200)
        #expect(heard.text == "answer")
        #expect(heard.bursts == 1)
        #expect(heard.trailers == ["X-Sum": "7"])
        #expect(outcomes(.chat) == [.success: 1])
    }

    @Test(
        "A failure counts, and what is not the upstream's does not",
        arguments: [
            (UpstreamError.connect("refused"), true, UpstreamOutcome.connect),
            (.tls("expired"), true, .tls),
            (.connectTimeout, true, .connectTimeout),
            (.firstByteTimeout, true, .firstByteTimeout),
            (.idleTimeout, true, .idleTimeout),
            (.totalTimeout, true, .totalTimeout),
            (.reset, true, .reset),
            (.malformed("junk"), true, .malformed),
            (.lostIdle, false, .lostIdle),
            (.busy, false, .busy),
            (.draining, false, .draining),
        ]
    )
    func errors(error: UpstreamError, isFailure: Bool, outcome: UpstreamOutcome) throws {
        for _ in 0..<2 {
            let (call, record) = call()
            call.sendEnd()
            try last().handler.failed(error)
            #expect(record.value.error == error)
        }
        #expect(state(.chat) == (isFailure ? .open : .closed))
        #expect(outcomes(.chat) == [outcome: 2])
        #expect(upstream.snapshot().failures == (isFailure ? 2 : 0))
    }

    @Test(
        "Statuses of 500 and more count at the head, others are successes at the end",
        arguments: [
            (UInt16(200), false), (304, false), (404, false), (429, false), (499, false), (500, true), (503, true),
        ]
    )
    func statuses(status: UInt16, isFailure: Bool) throws {
        for _ in 0..<2 {
            _ = call()
            try last().handler.received(head: ResponseHead(status: status))
        }
        #expect(state(.chat) == (isFailure ? .open : .closed))
        for call in transport.calls { call.handler.receivedEnd(trailers: [:]) }
        #expect(state(.chat) == (isFailure ? .open : .closed))
        #expect(outcomes(.chat) == [isFailure ? .serverError : .success: 2])
    }

    @Test("A total time that runs out by the client's pace is no outcome", arguments: [false, true])
    func clientsPace(isAnswered: Bool) throws {
        for _ in 0..<3 {
            let (call, record) = call()
            if isAnswered {
                call.sendEnd()
                try last().handler.received(head: ResponseHead(status: 200))
            }
            try last().handler.failed(.totalTimeout)
            #expect(record.value.error == .totalTimeout)
        }
        #expect(outcomes(.chat) == [.totalTimeout: 3])
        #expect(upstream.snapshot().breakers[.chat]?.consecutiveFailures == 0)
        #expect(state(.chat) == .closed)
    }

    @Test("A 500 whose body breaks off counts once")
    func brokenServerError() throws {
        _ = call()
        try last().handler.received(head: ResponseHead(status: 500))
        try last().handler.failed(.reset)
        #expect(upstream.snapshot().breakers[.chat]?.consecutiveFailures == 1)
        #expect(state(.chat) == .closed)
        #expect(outcomes(.chat) == [.reset: 1])
    }

    @Test("A body that breaks off behind a good head is a failure")
    func brokenBody() throws {
        for _ in 0..<2 {
            _ = call()
            try last().handler.received(head: ResponseHead(status: 200))
            try last().handler.received(body: ByteBuffer(string: "half"))
            try last().handler.failed(.reset)
        }
        #expect(state(.chat) == .open)
    }

    @Test("An open breaker refuses on the loop's next turn, without a call")
    func refuses() throws {
        for _ in 0..<2 {
            _ = call()
            try last().handler.failed(.reset)
        }
        let (refused, record) = call()
        #expect(record.value.error == nil)
        refused.send(body: ByteBuffer(string: "x"))
        refused.sendEnd()
        eventLoop.run()
        guard case .breakerOpen(let seconds)? = record.value.error else { throw WireMismatch("not refused") }
        #expect((3000...3600).contains(seconds))
        #expect(transport.calls.count == 2)
        #expect(outcomes(.chat) == [.reset: 2, .breakerOpen: 1])
        #expect(upstream.snapshot().requests == 3)
    }

    @Test("A refused call that is cancelled hears nothing")
    func refusedAndCancelled() throws {
        for _ in 0..<2 {
            _ = call()
            try last().handler.failed(.reset)
        }
        let (refused, record) = call()
        refused.cancel()
        eventLoop.run()
        #expect(record.value.error == nil)
        #expect(outcomes(.chat) == [.reset: 2, .cancelled: 1])
    }

    @Test("Services fail by themselves, and a call past the breaker is neither refused nor counted by it")
    func servicesApart() throws {
        for _ in 0..<2 {
            _ = call()
            try last().handler.failed(.reset)
        }
        #expect(state(.chat) == .open)
        let (_, other) = call(.moderations)
        let (_, past) = call(.chat, usesBreaker: false)
        for call in transport.calls.suffix(2) { call.handler.failed(.reset) }
        #expect(other.value.error == .reset && past.value.error == .reset)
        #expect(upstream.snapshot().breakers[.moderations]?.consecutiveFailures == 1)
        #expect(upstream.snapshot().breakers[.chat]?.consecutiveFailures == 2)
    }

    @Test("A probe closes the breaker at its head; its breaking off later counts by itself")
    func probeAtHead() throws {
        _ = call(.embeddings)
        try last().handler.failed(.reset)
        #expect(state(.embeddings) == .open)
        _ = call(.embeddings)
        #expect(state(.embeddings) == .halfOpen)
        try last().handler.received(head: ResponseHead(status: 200))
        #expect(state(.embeddings) == .closed)
        try last().handler.failed(.idleTimeout)
        #expect(state(.embeddings) == .open)
    }

    @Test("Only one probe is out at a time, and a cancelled one frees its place")
    func cancelledProbe() throws {
        _ = call(.embeddings)
        try last().handler.failed(.reset)
        let (probe, _) = call(.embeddings)
        let (_, refused) = call(.embeddings)
        eventLoop.run()
        #expect(refused.value.error == .breakerOpen(retryAfterSeconds: 1))
        probe.cancel()
        #expect(try last().isCancelled)
        _ = call(.embeddings)
        #expect(transport.calls.count == 3)
        try last().handler.received(head: ResponseHead(status: 200))
        #expect(state(.embeddings) == .closed)
    }

    @Test("A probe that never got as far as the upstream frees its place too")
    func busyProbe() throws {
        _ = call(.embeddings)
        try last().handler.failed(.reset)
        _ = call(.embeddings)
        try last().handler.failed(.busy)
        #expect(state(.embeddings) == .halfOpen)
        _ = call(.embeddings)
        #expect(transport.calls.count == 3)
    }

    @Test("A failed probe opens it again")
    func failedProbe() throws {
        _ = call(.embeddings)
        try last().handler.failed(.reset)
        _ = call(.embeddings)
        try last().handler.received(head: ResponseHead(status: 502))
        #expect(state(.embeddings) == .open)
        #expect(upstream.snapshot().breakers[.embeddings]?.transitions == 3)
    }

    @Test("A call cancelled by its client is neither success nor failure")
    func cancelled() throws {
        _ = call()
        try last().handler.failed(.reset)
        let (cancelled, record) = call()
        try last().handler.received(head: ResponseHead(status: 200))
        cancelled.cancel()
        cancelled.cancel()
        #expect(try last().isCancelled)
        #expect(upstream.snapshot().breakers[.chat]?.consecutiveFailures == 1)
        #expect(!record.value.isOver)
        #expect(outcomes(.chat) == [.reset: 1, .cancelled: 1])
    }

    @Test("Resetting closes one service's breaker or all, and says how many were not closed")
    func resets() throws {
        for service in [Service.chat, .chat, .moderations, .moderations] {
            _ = call(service)
            try last().handler.failed(.reset)
        }
        #expect(upstream.resetBreakers(service: .other) == 0)
        #expect(upstream.resetBreakers(service: .chat) == 1)
        #expect(state(.chat) == .closed)
        #expect(state(.moderations) == .open)
        #expect(upstream.resetBreakers(service: nil) == 1)
        #expect(state(.moderations) == .closed)
    }

    @Test("A snapshot shows what there is")
    func snapshot() throws {
        #expect(
            upstream.snapshot()
                == UpstreamSnapshot(
                    name: "openai",
                    url: "https://api.openai.com",
                    gauges: PoolGauges(active: 1, idle: 2, pending: 3, max: 4),
                    breakers: [.embeddings: BreakerSnapshot(state: .closed), .other: BreakerSnapshot(state: .closed)],
                    requests: 0,
                    outcomes: [:],
                    retries: [
                        .success: 0, .failure: 0, .cancelled: 0, .overBudget: 0, .tooLong: 0, .bodyGone: 0,
                        .breakerOpen: 0,
                    ],
                    fallbacks: [.answered: 0, .failed: 0, .cancelled: 0]
                )
        )
        _ = call(.fineTuning)
        try last().handler.failed(.busy)
        #expect(upstream.snapshot().breakers.keys.contains(.fineTuning))
        #expect(upstream.snapshot().count(.busy) == 1)
        #expect(upstream.snapshot().failures == 0)
    }

    @Test("Every outcome and every service has a place and a name of its own")
    func names() {
        #expect(Set(UpstreamOutcome.allCases.map(\.name)).count == UpstreamOutcome.allCases.count)
        #expect(UpstreamOutcome.allCases.map(\.rawValue) == Array(0..<UpstreamOutcome.allCases.count))
    }

    @Test(
        "After a reload an unchanged upstream is the same one; a changed one keeps its counts, and breakers as before"
    )
    func succession() throws {
        let transport = transport
        func settings(_ name: String, port: Int = 1, failures: Int = 5, idle: TimeAmount = .seconds(30))
            -> UpstreamSettings
        {
            UpstreamSettings(
                name: name,
                url: UpstreamURL(scheme: .http, host: "127.0.0.1", port: port),
                timeouts: UpstreamTimeouts(idle: idle),
                breaker: BreakerSettings(failures: failures)
            )
        }
        func make(_ settings: [UpstreamSettings], after former: Upstreams? = nil) -> Upstreams {
            Upstreams(settings, group: eventLoop, succeeding: former, makeTransport: { _ in transport })
        }
        let names = ["same", "slower", "moved", "touchier", "gone"]
        let before = make(names.map { settings($0) })
        for upstream in before.all {
            _ = upstream.call(
                .test(.get),
                service: .other,
                usesBreaker: false,
                on: eventLoop,
                handler: RecordingHandler(record: Watched(CallRecord()))
            )
            let breaker = upstream.breaker(for: .other)
            for _ in 0..<5 {
                guard case .admitted(let ticket) = breaker.admit(now: .now(), probeTime: .seconds(1)) else { continue }
                breaker.report(ticket, .failure, now: .now())
            }
        }
        let after = make(
            [
                settings("same"), settings("slower", idle: .seconds(60)), settings("moved", port: 2),
                settings("touchier", failures: 4), settings("new"),
            ],
            after: before
        )
        #expect(after.all.map { before[$0.name] === $0 } == [true, false, false, false, false])
        #expect(after.all.map { $0.snapshot().requests } == [1, 1, 1, 1, 0])
        #expect(
            after.all.map { $0.breaker(for: .other).state(now: .now()).state } == [
                .open, .open, .closed, .closed, .closed,
            ]
        )
        #expect(after.all.map { $0.breaker(for: .other).state(now: .now()).transitions } == [1, 1, 1, 1, 0])
        let last = make([settings("touchier", failures: 1)], after: after)
        let breaker = last.all[0].breaker(for: .other)
        guard case .admitted(let ticket) = breaker.admit(now: .now(), probeTime: .seconds(1)) else { return }
        breaker.report(ticket, .failure, now: .now())
        #expect(breaker.state(now: .now()).transitions == 2)
    }

    @Test("An upstream's transport is given back when nobody can call it any more, and not before")
    func release() throws {
        let released = Released()
        var upstreams: Upstreams? = Upstreams(
            [UpstreamSettings(name: "app", url: UpstreamURL(scheme: .http, host: "127.0.0.1", port: 1))],
            group: eventLoop,
            onRelease: { _ in released.count.add(1, ordering: .relaxed) },
            makeTransport: { [transport] _ in transport }
        )
        var held = upstreams?["app"]
        upstreams = nil
        #expect(released.count.load(ordering: .relaxed) == 0)
        #expect(held?.name == "app")
        held = nil
        #expect(released.count.load(ordering: .relaxed) == 1)
    }

    private final class Released: Sendable { let count = Atomic(0) }

    @Test("Upstreams are found by name, and shut down together")
    func upstreams() async throws {
        let transport = transport
        let upstreams = Upstreams(
            ["app", "openai"].map {
                UpstreamSettings(name: $0, url: UpstreamURL(scheme: .http, host: "127.0.0.1", port: 1))
            },
            group: eventLoop,
            makeTransport: { _ in transport }
        )
        #expect(upstreams.all.map(\.name) == ["app", "openai"])
        #expect(upstreams["openai"] === upstreams.all[1])
        #expect(upstreams["nobody"] == nil)
        await upstreams.shutdown()
        #expect(transport.isShutDown)
    }
}
