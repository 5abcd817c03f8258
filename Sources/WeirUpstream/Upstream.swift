package import NIOCore
import Synchronization

/// One upstream of `proxy.conf`: a transport to it, and what stands before that.
///
///     call ─▶ fallback ─▶ retries ─▶ pace ─▶ cool-down ─▶ breaker ─▶ transport
///                            └──────────── each try ──────────────┘
package final class Upstream: Sendable {
    package let settings: UpstreamSettings
    private let transport: any Transport
    /// One a service, in the order of ``Service/allCases``.
    private let breakers: [Breaker]
    let counts: UpstreamCounts
    let coolDowns: CoolDowns
    let pacer: Pacer
    let paceCounts: PaceCounts
    let budget: Mutex<RetryBudget>
    private let retryCounts: [Counter]
    private let fallbackCounts: [Counter]
    private let onRelease: (@Sendable (any Transport) -> Void)?

    /// - Parameters:
    ///   - former: the upstream of the same name before a reload. Its counts go on, and so do the pools of the addresses
    ///     that stay, what is known of these, and its breakers where they guard the same URLs by the same settings.
    ///   - onRelease: is given the transport once nobody can call this upstream any more.
    package init(
        settings: UpstreamSettings,
        transport: any Transport,
        succeeding former: Upstream? = nil,
        onRelease: (@Sendable (any Transport) -> Void)? = nil
    ) {
        self.settings = settings
        self.transport = transport
        self.onRelease = onRelease
        counts = former?.counts ?? UpstreamCounts()
        let isSamePlace = former?.settings.urls == settings.urls
        breakers = Service.allCases.map { service in
            let wanted = settings.breakerSettings(of: service)
            if let former, isSamePlace, former.settings.breakerSettings(of: service) == wanted {
                return former.breaker(for: service)
            }
            return Breaker(settings: wanted, transitions: former?.breaker(for: service).transitions ?? Counter())
        }
        if let former { transport.succeed(former.transport) }
        let hasSameCoolDown = isSamePlace && former?.settings.coolDown == settings.coolDown
        coolDowns = former.flatMap { hasSameCoolDown ? $0.coolDowns : nil } ?? CoolDowns(settings: settings.coolDown)
        let hasSamePace = isSamePlace && former?.settings.pace == settings.pace
        pacer = former.flatMap { hasSamePace ? $0.pacer : nil } ?? Pacer(settings: settings.pace)
        paceCounts = former?.paceCounts ?? PaceCounts()
        budget = Mutex(RetryBudget(share: settings.retry.budget, minimum: settings.retry.budgetMin))
        retryCounts = former?.retryCounts ?? RetryOutcome.allCases.map { _ in Counter() }
        fallbackCounts = former?.fallbackCounts ?? FallbackOutcome.allCases.map { _ in Counter() }
    }

    deinit { onRelease?(transport) }

    package var name: String { settings.name }

    /// Begins a call, which may take several tries and go to another upstream in the end. What refuses it (pace, breaker,
    /// cool-down) is heard of as its failure, on a later turn of the loop. To be called on `eventLoop`.
    /// - Parameters:
    ///   - usesBreaker: whether pace, breaker and cool-down are asked and told; false where the feature is off.
    ///   - patience: the longest `Retry-After`, and the longest time until the upstream's limits have room, that is worth
    ///     waiting for; as the settings say where nil, and not at all where there is a fallback.
    package func call(
        _ request: UpstreamRequest,
        service: Service,
        usesBreaker: Bool,
        patience: TimeAmount? = nil,
        fallback: Fallback? = nil,
        on eventLoop: any EventLoop,
        handler: any UpstreamResponseHandler
    ) -> any UpstreamCall {
        let given = patience ?? (fallback == nil ? nil : .zero)
        let patience = given ?? settings.retry.maxWait
        let paceWait = given ?? settings.pace.maxWait ?? settings.pool.pendingWait
        let begin = { (handler: any UpstreamResponseHandler) in
            let call = RetryingCall(
                self,
                request,
                service,
                usesBreaker: usesBreaker,
                patience: patience,
                paceWait: paceWait,
                on: eventLoop,
                handler: handler
            )
            call.start()
            return call
        }
        guard let fallback else { return begin(handler) }
        let call = FallbackCall(
            self,
            fallback,
            request: request,
            usesBreaker: usesBreaker,
            on: eventLoop,
            handler: handler
        )
        call.start(begin)
        return call
    }

    /// One try: once the upstream's limits have room for it, and if cool-down and breaker let it through; if not, the
    /// handler hears why on a later turn of the loop.
    /// - Parameter paceWait: how long it may wait for room.
    func attempt(
        _ request: UpstreamRequest,
        service: Service,
        usesBreaker: Bool,
        paceWait: TimeAmount,
        on eventLoop: any EventLoop,
        handler: any UpstreamResponseHandler
    ) -> any UpstreamCall {
        counts.countBegun(service)
        guard usesBreaker, settings.pace.isOn, let load = request.load, !request.body.isStreamed,
            let key = PaceKey(service, request.fields, label: load.label),
            coolDowns.remaining(service, request.fields, now: eventLoop.now) == nil
        else {
            return begin(request, service, nil, usesBreaker: usesBreaker, on: eventLoop, handler: handler)
        }
        let paced = PacedCall(self, request, service, key, on: eventLoop, handler: handler)
        guard let pass = paced.arrive(tokens: load.tokens, maxWait: paceWait) else { return paced }
        return begin(request, service, pass, usesBreaker: usesBreaker, on: eventLoop, handler: handler)
    }

    /// A try that the upstream's limits have room for.
    /// - Parameter pass: its leave to go; nil where it is not paced.
    func begin(
        _ request: UpstreamRequest,
        _ service: Service,
        _ pass: PacePass?,
        usesBreaker: Bool,
        on eventLoop: any EventLoop,
        handler: any UpstreamResponseHandler
    ) -> any UpstreamCall {
        var ticket: BreakerTicket?
        var refusal: UpstreamError?
        if usesBreaker {
            let now = eventLoop.now
            if let wait = coolDowns.remaining(service, request.fields, now: now) {
                refusal = .coolingDown(retryAfterSeconds: wait.secondsRoundedUp)
            } else {
                let time = probeTime(request)
                switch breaker(for: service).admit(now: now, probeTime: time, isWhole: !request.body.isStreamed) {
                case .admitted(let given): ticket = given
                case .refused(let seconds): refusal = .breakerOpen(retryAfterSeconds: seconds)
                }
            }
        }
        let call = ObservedCall(self, service, ticket, pass, request.body, on: eventLoop, handler: handler)
        if let refusal {
            call.refuse(refusal)
        } else {
            call.start(request, through: transport)
        }
        return call
    }

    /// Whether a breaker counts an error. One of the connection is an address's affair while another address serves.
    func countsAsFailure(_ error: UpstreamError) -> Bool {
        error.countsAsFailure && !(error.isOfConnection && transport.hasSoundAddress)
    }

    /// By when a call has begun to be answered unless something stands still: a connection, or the answer's first byte.
    /// Until its client has sent the whole body it is not the upstream that it waits for.
    private func probeTime(_ request: UpstreamRequest) -> TimeAmount {
        let timeouts = request.timeouts
        return min(settings.pool.pendingWait + timeouts.connect + timeouts.firstByte, timeouts.total)
    }

    func countRetry(_ outcome: RetryOutcome) { retryCounts[outcome.rawValue].increment() }

    func countFallback(_ outcome: FallbackOutcome) { fallbackCounts[outcome.rawValue].increment() }

    package func breaker(for service: Service) -> Breaker { breakers[service.ordinal] }

    /// Closes the breaker of one service, or of all where `service` is nil, and forgets what they counted, who cools down,
    /// and what has been told of limits.
    /// - Returns: how many were not closed.
    package func resetBreakers(service: Service?) -> Int {
        coolDowns.forget(service)
        pacer.forget(service)
        let chosen = service.map { [breaker(for: $0)] } ?? breakers
        return chosen.count { $0.reset() }
    }

    package func snapshot() -> UpstreamSnapshot {
        let now = NIODeadline.now()
        var snapshot = UpstreamSnapshot(
            name: name,
            url: settings.urls.map(\.description).joined(separator: ", "),
            gauges: transport.gauges,
            breakers: [:],
            requests: 0,
            outcomes: [:],
            addresses: transport.addressSnapshots,
            retries: RetryOutcome.allCases.reduce(into: [:]) { $0[$1] = retryCounts[$1.rawValue].value },
            fallbacks: FallbackOutcome.allCases.reduce(into: [:]) { $0[$1] = fallbackCounts[$1.rawValue].value },
            coolingDown: coolDowns.waiting(now: now),
            pacing: paceCounts.snapshot(waiting: pacer.waiting)
        )
        for service in Service.allCases {
            let begun = counts.begun(service)
            snapshot.requests += begun
            let isShown = begun > 0 || service == .other || settings.breakerByService[service] != nil
            if isShown { snapshot.breakers[service] = breaker(for: service).state(now: now) }
            let outcomes = counts.totals(of: service)
            if !outcomes.isEmpty { snapshot.outcomes[service] = outcomes }
        }
        return snapshot
    }

    /// Lets calls under way finish and closes idle connections. Cancelling the task ends what is left.
    package func shutdown() async { await transport.shutdown() }
}
