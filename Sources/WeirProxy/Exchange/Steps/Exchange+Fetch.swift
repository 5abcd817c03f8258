import NIOCore
import WeirCache
import WeirHTTP
import WeirLedger
import WeirOpenAI
import WeirTier
import WeirUpstream

extension Exchange {
    /// - Parameter joins: whether to share a call that is under way.
    func fetch(joins: Bool) -> Step {
        guard let route, let key else { preconditionFailure("Cannot fetch without a route and a key") }
        if shared.buffers.isExhausted { return .refuse(.memoryFull) }
        let flightKey = FlightKey(key, form: aiRequest?.wantsStream == true ? 1 : 0)
        let wake: @Sendable () -> Void = {
            [loopBound = NIOLoopBound(WeakExchange(self), eventLoop: worker.eventLoop)] in
            loopBound.value.exchange?.pumpFlight()
        }
        guard joins, route.settings.features.dedupe else {
            let flight = Flight(key: flightKey, settings: flightSettings(route), buffers: shared.buffers)
            return lead(flight, flight.lead(on: worker.eventLoop, wake: wake))
        }
        switch shared.flights.join(
            flightKey,
            settings: flightSettings(route),
            now: worker.recently,
            on: worker.eventLoop,
            wake: wake
        ) {
        case .lead(let flight, let reader):
            if let stored = storedMeanwhile(key, besides: stale) {
                source = .flight(reader)
                flight.answer(stored, .storedMeanwhile)
                pumpFlight()
                return .wait
            }
            return lead(flight, reader)
        case .follow(let reader):
            outcome = .collapsed
            cacheStatus.isCollapsed = true
            source = .flight(reader)
            pumpFlight()
            if isFollowing, reader.overdueAt != nil, !hasLeftFlight { worker.watch(self) }
            return .wait
        case .full:
            return .forward
        }
    }

    func flightSettings(_ route: Route) -> FlightSettings {
        var settings = generation.flightSettings
        settings.leaderAge = leaderAge(route)
        return settings
    }

    private func leaderAge(_ route: Route) -> TimeAmount {
        let cache = route.settings.cache
        return cache.leaderAge ?? (cache.mode == .persona ? .minutes(2) : .seconds(10))
    }

    /// The flight before this one may have ended, and stored its answer, after this request had looked.
    func storedMeanwhile(_ key: CacheKey, besides stale: StoredResponse?) -> StoredResponse? {
        let directives = directives
        guard case .hit(let stored) = shared.store.lookup(key, request: head.fields, now: worker.recently),
            stored !== stale,
            stored !== unusable, isFresh(stored, directives)
        else { return nil }
        return stored
    }

    func isFresh(_ stored: StoredResponse, _ directives: CacheControl) -> Bool {
        ReuseDecision.decide(stored, request: directives, recheck: recheck, now: worker.now()) == .fresh
    }

    private func lead(_ flight: Flight, _ reader: FlightReader) -> Step {
        var account: CallAccount?
        if aiRequest != nil {
            switch openAccount() {
            case .opened(let opened): account = opened
            case .refused(let refusal):
                dissolve(flight, reader)
                // What another sidecar has stored is free.
                return mayConsult && cacheStatus.forward != .request ? .consult : .refuse(.allowance(refusal))
            }
        }
        source = .flight(reader)
        let fetch = makeFetch(flight)
        fetch.account = account
        fetch.hints = { [weak self] in self?.received(informational: $0) }
        fetch.start()
        return .wait
    }

    /// Who leads may not make the call. It is for others than their leader to be refused what they ask for: they join anew,
    /// and one of them leads.
    private func dissolve(_ flight: Flight, _ reader: FlightReader) {
        flight.fail(LeaderRefused())
        reader.leave()
    }

    /// Asks again for what is just being served; nobody waits for it, so it is paid for by the route, and not done where its
    /// budget is spent.
    func refreshBehind(_ stored: StoredResponse, _ reason: RefreshReason) {
        guard let key, let route, route.settings.features.dedupe, !shared.buffers.isExhausted else { return }
        let flightKey = FlightKey(key, form: aiRequest?.wantsStream == true ? 1 : 0)
        guard
            case .lead(let flight, let reader) = shared.flights.join(
                flightKey,
                settings: flightSettings(route),
                now: worker.recently,
                on: worker.eventLoop,
                wake: {}
            )
        else {
            return
        }
        var account: CallAccount?
        if aiRequest != nil {
            guard case .opened(let opened) = openAccount(payer: .route) else { return dissolve(flight, reader) }
            account = opened
        }
        worker.metrics.routes[route.slot].recordRefresh(reason)
        stale = stored
        let fetch = makeFetch(flight, isBehind: true)
        fetch.account = account
        fetch.finishesUnread = true
        fetch.start()
        // Only now: a flight without readers closes, and others would refresh too, unless it outlives them.
        reader.leave()
    }

    /// - Parameter isBehind: nobody waits for it.
    private func makeFetch(_ flight: Flight, isBehind: Bool = false) -> Fetch {
        guard let route, let key else { preconditionFailure("Cannot fetch without a route and a key") }
        var policy = AnswerPolicy.make(route: route, head: head, aiRequest: aiRequest, endpoint: endpoint)
        policy.urlTag = urlTag
        let candidates = candidates(key)
        let fields = forwardedFields(route).make(
            for: .sharing(validating: candidates.map(\.fields), coding: policy.coding)
        )
        let body = bodyAskingForUsage ?? body.collected
        // In `mode: http` HEAD comes here too, to refresh what it was served from.
        let request = UpstreamRequest(
            method: aiRequest == nil ? .get : head.method,
            methodName: aiRequest == nil ? "GET" : String(decoding: head.methodName, as: UTF8.self),
            target: aiRequest == nil
                ? UpstreamTarget.make(head, keyedBy: route.settings.cache.key, upstream: route.upstream.settings.url)
                : UpstreamTarget.make(head, upstream: route.upstream.settings.url),
            fields: fields,
            body: aiRequest == nil ? .none : .whole(body),
            timeouts: route.timeouts,
            priority: isBehind ? .bulk : CallPriority(head.fields),
            load: aiRequest?.load
        )
        let fetch = Fetch(
            key: key,
            request: request,
            clientFields: head.fields,
            path: String(decoding: head.path, as: UTF8.self),
            route: route,
            service: route.service(of: endpoint),
            policy: policy,
            candidates: candidates,
            fallback: isBehind ? nil : fallback(for: request, .sharing(validating: [], coding: policy.coding)),
            terms: consultationTerms(besides: stale, locking: isBehind ? .leaving : .waiting(leaderAge(route))),
            flight: flight,
            generation: generation,
            worker: worker
        )
        fetch.bodyAccount = self.body.account
        return fetch
    }

    /// What is revalidated: first what would be served, then whatever else the upstream may find to be as it was.
    private func candidates(_ key: CacheKey) -> [StoredResponse] {
        guard let stale else { return [] }
        return [stale] + shared.store.candidates(key, request: head.fields).filter { $0 !== stale }
    }

    // MARK: Reading the flight

    /// Takes what the flight has as far as the client takes it.
    func pumpFlight() {
        guard case .flight(let reader) = source, !isFinished else { return }
        while (stream.isWritable && !isDecodingHeldUp) || !response.hasStarted, case .flight = source,
            let event = reader.next()
        {
            handle(event, reader: reader)
        }
        if case .flight = source, response.hasStarted { flushResponse() }
    }

    /// Waits for the head of somebody else's call.
    private var isFollowing: Bool {
        guard case .flight(let reader) = source else { return false }
        return !reader.isLeader && !response.hasStarted && held == nil && !isFinished
    }

    /// Whether it still waits for the head of somebody else's call, and has to be looked at again. Where that call has had
    /// its time this joins anew: the first of all who do makes a call of its own, and the others follow that one. They
    /// do so once, so that nobody waits longer than for a call that hangs and another.
    func keepsFollowing(now: NIODeadline) -> Bool {
        if case .gathering(let gathering) = source { return keepsGathering(gathering, now: now) }
        guard isFollowing, case .flight(let reader) = source, let end = reader.overdueAt else { return false }
        guard now >= end else { return true }
        // What has come is taken first.
        pumpFlight()
        guard isFollowing else { return false }
        hasLeftFlight = true
        leaveSource()
        cacheStatus.isCollapsed = false
        outcome = .miss
        run(from: .fetch(joins: true))
        return false
    }

    func handle(_ event: FlightEvent, reader: FlightReader) {
        switch event {
        case .head(let upstream, let terms): receivedShared(upstream, terms: terms, reader: reader)
        case .chunk(let chunk): continueAnswer(chunk)
        case .end(let trailers, let note):
            receivedCosts(AnswerNote(note), isLeader: reader.isLeader)
            if plan == .http, cacheStatus.isStored, !reader.isLeader, let key {
                shared.store.settle(key: key, for: head.fields)
            }
            endAnswer(trailers: trailers)
        case .answer(let stored, let reason):
            guard stored.selection.matches(head.fields), reader.isLeader || isUsable(stored, reason) else {
                return goAlone(reader)
            }
            receivedStored(stored, reason: reason)
        case .released:
            source = .none
            cacheStatus.isCollapsed = false
            outcome = .miss
            run(from: .forward)
        case .failed(let error) where error is LeaderRefused:
            source = .none
            cacheStatus.isCollapsed = false
            outcome = .miss
            run(from: .fetch(joins: true))
        case .failed(let error):
            source = .none
            failResponse(ProxyError(flight: error, upstream: route?.upstream.name ?? ""))
        }
    }

    /// What was stored before it was asked for is for who would take it from the store.
    func isUsable(_ stored: StoredResponse, _ reason: StoredAnswerReason) -> Bool {
        switch reason {
        case .storedMeanwhile, .secondTier:
            isFresh(stored, directives)
        case .revalidated, .staleOnError, .fetched: true
        }
    }

    private func receivedShared(_ upstream: ResponseHead, terms: FlightTerms, reader: FlightReader) {
        guard reader.isLeader || terms.selection.matches(head.fields) else { return goAlone(reader) }
        cacheStatus.isStored = terms.storedLifetime != nil
        cacheStatus.detail = terms.refusal
        if stale != nil { cacheStatus.forwardStatus = upstream.status }
        let rules = codingRules(mayDecode: weirChoosesCoding)
        let coding = rules.choose(upstream, for: head)
        if isUnmodified(upstream, coding: coding) {
            leaveSource()
            startNotModified(upstream, coding: coding, varies: rules.varies(upstream))
            return endResponse()
        }
        if let aiRequest {
            response.tailor = AnswerTailor(for: aiRequest, endpoint: endpoint, isEventStream: upstream.isEventStream)
        }
        var upstream = upstream
        if plan == .persona, !reader.isLeader {
            upstream.fields = PersonaFields.shared(upstream)
            response.costs.cost = .zero
        }
        startAnswer(upstream, mayDecode: weirChoosesCoding, account: nil)
    }

    /// `Vary` says that the flight's answer is for other requests than this one.
    private func goAlone(_ reader: FlightReader) {
        reader.leave()
        source = .none
        cacheStatus.isCollapsed = false
        outcome = .miss
        run(from: .fetch(joins: false))
    }

    private func receivedStored(_ stored: StoredResponse, reason: StoredAnswerReason) {
        source = .none
        let now = worker.now()
        switch reason {
        case .storedMeanwhile, .secondTier:
            outcome = .hit
            cacheStatus = CacheStatus()
            cacheStatus.isHit = true
            cacheStatus.timeToLive = stored.timeToLive(at: now)
            if reason == .secondTier { cacheStatus.detail = Self.secondTier }
        case .revalidated:
            outcome = .revalidated
            cacheStatus.forwardStatus = 304
        case .staleOnError(let status):
            outcome = .stale
            cacheStatus.forwardStatus = status
            cacheStatus.timeToLive = stored.timeToLive(at: now)
            cacheStatus.detail = "stale-if-error"
        case .fetched(_, let isStored, let refusal):
            cacheStatus.isStored = isStored
            cacheStatus.detail = refusal
        }
        run(from: .answer(stored))
    }

    /// A full response came, but this client has it already: its precondition was kept from the upstream so that the
    /// answer could be stored (RFC 9110 §13.1).
    func isUnmodified(_ upstream: ResponseHead, coding: ResponseCoding) -> Bool {
        guard plan == .http, upstream.status == 200 else { return false }
        var tag = ByteBuffer()
        coding.entityTag(upstream.fields)?.write(into: &tag)
        let outcome = Conditional.evaluate(
            method: head.method,
            request: head.fields,
            status: upstream.status,
            etag: tag.readableBytes > 0 ? tag.readableBytesView : nil,
            lastModified: (upstream.fields.first(.lastModified) ?? upstream.fields.first(.date))
                .flatMap { HTTPDate.parse($0) }
        )
        return outcome == .notModified
    }
}
