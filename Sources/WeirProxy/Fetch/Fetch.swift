import NIOCore
import WeirCache
import WeirHTTP
import WeirOpenAI
import WeirUpstream

/// One upstream call whose answer many may read and the store may keep: feeds a ``Flight``, records what can be
/// stored, and stores it when it is whole.
///
///     upstream ─▶ Fetch ─▶ Flight ─▶ readers
///                   └────▶ Recording ─▶ MemoryStore
///
/// Lives on the event loop of the exchange that began it; the upstream call keeps it alive.
///
/// `@unchecked Sendable`: every stored property is touched on `worker.eventLoop` alone; what ``FlightOwner`` calls from
/// elsewhere hops there first.
final class Fetch: @unchecked Sendable {
    private let key: CacheKey
    private var request: UpstreamRequest
    /// The client's, by which `Vary` selects.
    private let clientFields: FieldSection
    private let path: String
    private let route: Route
    private let service: Service
    private let policy: AnswerPolicy
    /// What is being revalidated, or stands in when the upstream fails.
    private var stored: StoredResponse?
    /// Where the call goes when the route's upstream fails and nothing stored can stand in.
    private let fallback: Fallback?
    private let flight: Flight
    /// That of the request that began it.
    private let generation: Generation
    private let worker: Worker
    private var mark: PurgeMark

    private var call: (any UpstreamCall)?
    private var recording: Recording?
    private var requestedAt: NIODeadline
    private var isOver = false
    private var hasBegun = false
    /// The answer is fetched to its end although everybody has left, as long as it can be stored.
    var finishesUnread: Bool
    /// Who hears of 1xx responses: the client whose request began this.
    var hints: ((ResponseHead) -> Void)?
    /// Counts the request's body for as long as this holds it.
    var bodyAccount: BufferAccount?

    init(
        key: CacheKey,
        request: UpstreamRequest,
        clientFields: FieldSection,
        path: String,
        route: Route,
        service: Service,
        policy: AnswerPolicy,
        stored: StoredResponse?,
        fallback: Fallback?,
        flight: Flight,
        generation: Generation,
        worker: Worker
    ) {
        self.key = key
        self.request = request
        self.clientFields = clientFields
        self.path = path
        self.route = route
        self.service = service
        self.policy = policy
        self.stored = stored
        self.fallback = fallback
        self.flight = flight
        self.generation = generation
        self.worker = worker
        finishesUnread = policy.finishesUnread
        mark = worker.shared.store.mark()
        requestedAt = worker.now()
    }

    func start() {
        if finishesUnread { flight.outliveReaders() }
        describe(tags: knownTags)
        flight.begin(owner: self)
        callUpstream()
    }

    /// - Parameter tags: as far as they are known; an app's response may name more.
    private func describe(tags: [String], isWhole: Bool = false) {
        let mayGainTags = if case .http = policy.mode { !isWhole } else { false }
        flight.fetches(PurgeSubject(key: key, path: path, tags: tags, mayGainTags: mayGainTags), since: mark)
    }

    private var knownTags: [String] { policy.tags + policy.askedTags + (policy.urlTag.map { [$0] } ?? []) }

    private func callUpstream() {
        // With an answer at hand nobody is kept waiting for the upstream to be ready again.
        let isStandInReady = standIn != nil
        call = route.upstream.call(
            request,
            service: service,
            usesBreaker: route.settings.features.breaker,
            patience: isStandInReady ? .zero : nil,
            fallback: isStandInReady ? nil : fallback,
            on: worker.eventLoop,
            handler: self
        )
    }

    /// What is stored, if it may be served in place of a failure.
    private var standIn: StoredResponse? {
        stored.flatMap { ReuseDecision.mayStandIn($0, now: worker.now()) ? $0 : nil }
    }

    private func end(cancelling: Bool) {
        isOver = true
        recording = nil
        hints = nil
        if cancelling { call?.cancel() }
        call = nil
    }

    // MARK: What the head decides

    private func decide(_ head: ResponseHead) {
        if call?.isFallback == true { return relay(head) }
        if head.status == 304, let stored { return revalidated(stored, by: head) }
        if head.status >= 500 || head.status == 429, let standIn {
            end(cancelling: true)
            return flight.answer(standIn, .staleOnError(status: head.status))
        }
        switch policy.mode {
        case .http(let policy): decide(head, by: policy)
        case .persona(let persona): decide(head, by: persona)
        }
    }

    private func decide(_ head: ResponseHead, by policy: StorePolicy) {
        let (decision, selection) = judge(head, by: policy)
        switch (decision, selection) {
        // How a close-delimited body ends does not tell whether it is whole.
        case (.store, _?) where head.framing == .untilClose: release(head, because: "close-delimited", isLasting: true)
        case (.store(let freshness), let selection?) where fits(head):
            record(head, freshness: freshness, selection: selection)
        case (.store, _?): release(head, because: "too-large", isLasting: true)
        case (.store, nil): release(head, because: NoStoreReason.varyStar.rawValue, isLasting: true)
        case (.refuse(.status), let selection?) where head.status >= 500 && !isPersonal:
            share(head, selection: selection, because: NoStoreReason.status.rawValue)
        case (.refuse(let reason), _): release(head, because: reason.rawValue, isLasting: isLasting(reason, head))
        }
    }

    /// Whether it may be stored, and for which requests.
    private func judge(_ head: ResponseHead, by policy: StorePolicy) -> (StoreDecision, VarySelection?) {
        let decision = StoreDecision.decide(
            method: request.method,
            request: clientFields,
            response: head,
            receivedAt: worker.dates.wall,
            policy: policy
        )
        let ignored: FieldNameSet = self.policy.coding == .clients ? [] : [.acceptEncoding]
        return (decision, VarySelection.make(response: head.fields, request: clientFields, ignoring: ignored))
    }

    private func decide(_ head: ResponseHead, by persona: AnswerPolicy.PersonaPolicy) {
        guard head.status < 500 else { return share(head, selection: .none, because: NoStoreReason.status.rawValue) }
        guard head.status == 200 else { return release(head, because: NoStoreReason.status.rawValue) }
        guard !head.fields.contains(.contentEncoding) else {
            return release(head, because: "content-encoding", isLasting: true)
        }
        guard fits(head) else { return release(head, because: "too-large", isLasting: true) }
        guard head.framing != .untilClose else { return release(head, because: "close-delimited", isLasting: true) }
        record(head, freshness: persona.freshness, selection: .none)
    }

    private func fits(_ head: ResponseHead) -> Bool {
        guard case .length(let length) = head.framing else { return true }
        return length <= UInt64(generation.settings.cache.maxObject)
    }

    private func record(_ head: ResponseHead, freshness: Freshness, selection: VarySelection) {
        recording = Recording(
            head: head,
            freshness: freshness,
            selection: selection,
            limit: generation.settings.cache.maxObject,
            answer: AnswerRecorder(policy: policy.mode, response: head)
        )
        describe(tags: tags(head), isWhole: true)
        worker.shared.flights.forget(unshared: flight.key)
        flight.publish(
            head: head,
            isShared: true,
            terms: FlightTerms(selection: selection, storedLifetime: freshness.lifetime)
        )
    }

    /// Another upstream's answer: for those who are waiting, as far as it is for all of them, but never for the store,
    /// whose keys name the route's own upstream.
    private func relay(_ head: ResponseHead) {
        let refusal = "fallback"
        guard isForAll(head) else { return release(head, because: refusal) }
        share(head, selection: .none, because: refusal)
    }

    /// Whether its request says who asks: what comes of that may be about him.
    private var isPersonal: Bool {
        clientFields.lines.contains { CredentialFields.contains($0, of: clientFields) }
    }

    /// For everybody who waits, and nobody later. A failure is: an upstream that is down is not asked once for each of a
    /// crowd.
    private func share(_ head: ResponseHead, selection: VarySelection, because reason: String) {
        flight.publish(head: head, isShared: true, terms: FlightTerms(selection: selection, refusal: reason))
        if !isOver, flight.isDeserted { abandon() }
    }

    private func isForAll(_ head: ResponseHead) -> Bool {
        switch policy.mode {
        case .persona: return head.status == 200
        case .http(let policy):
            guard case (.store, _) = judge(head, by: policy) else { return false }
            return !head.fields.contains(.vary)
        }
    }

    /// Whether the next answer for this key is likely to be no more for everybody than this one. An error, and what
    /// was due to this client's own request, say nothing of it.
    private func isLasting(_ reason: NoStoreReason, _ head: ResponseHead) -> Bool {
        guard head.status < 400 || head.status == 404 || head.status == 410 else { return false }
        return switch reason {
        case .noStore, .private, .setCookie, .varyStar, .noCache, .noFreshness, .status: true
        case .method, .requestNoStore, .partial, .authorization: false
        }
    }

    private func rememberUnshared() {
        worker.shared.flights.remember(
            unshared: flight.key,
            settings: generation.flightSettings,
            now: worker.now()
        )
    }

    /// - Parameter isLasting: whether to expect the same of the next answer for this key.
    private func release(_ head: ResponseHead, because reason: String, isLasting: Bool = false) {
        if isLasting { rememberUnshared() }
        flight.publish(head: head, isShared: false, terms: FlightTerms(refusal: reason))
        // Only the leader could read on, and it has left.
        if !isOver, flight.isDeserted { abandon() }
    }

    // MARK: Storing

    private func revalidated(_ stored: StoredResponse, by head: ResponseHead) {
        guard case .http(let policy) = policy.mode, Validators.selects(stored.fields, notModified: head.fields),
            !isPurged
        else { return fetchAnew() }
        let merged = StoredResponseBuilder.merged(stored, with: head)
        let builder = storedResponseBuilder
        end(cancelling: false)
        guard case (.store(let freshness), let selection?) = judge(merged, by: policy) else {
            // What the upstream says now forbids keeping it: it is for who asked alone.
            _ = worker.shared.store.remove(key: key)
            rememberUnshared()
            let last = builder.refreshed(
                stored,
                by: merged,
                received: head.fields,
                freshness: Freshness(lifetime: 0),
                selection: .none,
                since: requestedAt
            )
            return flight.answer(last, .revalidated, isShared: false)
        }
        let refreshed = builder.refreshed(
            stored,
            by: merged,
            received: head.fields,
            freshness: freshness,
            selection: selection,
            since: requestedAt
        )
        _ = worker.shared.store.replace(stored, with: refreshed)
        flight.answer(refreshed, .revalidated)
    }

    /// What is being fetched has been purged since the upstream was asked.
    private var isPurged: Bool {
        worker.shared.store.hasPurged(
            PurgeSubject(key: key, path: path, tags: stored?.tags ?? policy.tags, mayGainTags: false),
            since: mark
        )
    }

    /// The 304 confirms something else than what is stored (RFC 9111 §4.3.4), or what somebody wanted to be rid of
    /// meanwhile: asked for again without conditions.
    private func fetchAnew() {
        call?.cancel()
        _ = worker.shared.store.remove(key: key)
        mark = worker.shared.store.mark()
        describe(tags: knownTags)
        request.fields.removeAll(in: Conditional.names)
        stored = nil
        hasBegun = false
        callUpstream()
    }

    private func store(_ recording: Recording) {
        guard recording.answer.isStorable else { return }
        let builder = storedResponseBuilder
        let response = builder.build(key: key, recording, tags: tags(recording.head), path: path, since: requestedAt)
        guard case .stored = worker.shared.store.insert(response, since: mark, now: worker.recently) else { return }
        let compression = generation.settings.compression
        guard let coding = compression.preferred(clientFields) else { return }
        BackgroundCompression.begin(response, coding, settings: compression, shared: worker.shared)
    }

    private var storedResponseBuilder: StoredResponseBuilder {
        StoredResponseBuilder(
            worker: worker,
            features: route.settings.features,
            compression: generation.settings.compression
        )
    }

    private func tags(_ head: ResponseHead) -> [String] {
        var tags = policy.tags
        if case .http = policy.mode { tags += SurrogateTags.read(head.fields) }
        tags += policy.askedTags
        tags = Array(tags.prefix(generation.settings.cache.maxTags))
        if let urlTag = policy.urlTag { tags.append(urlTag) }
        return tags
    }
}

extension Fetch: UpstreamResponseHandler {
    func received(informational head: ResponseHead) { hints?(head) }

    func received(head: ResponseHead) {
        hasBegun = true
        decide(head)
    }

    func received(body chunk: ByteBuffer) {
        guard !isOver else { return }
        recording?.append(chunk)
        if let recording, recording.isOverflowing || worker.shared.buffers.isExhausted {
            self.recording = nil
            if recording.isOverflowing { rememberUnshared() }
            // It was fetched for the store alone.
            if flight.isDeserted { return abandon() }
        }
        flight.append(chunk)
    }

    func receivedBurst() {}

    func receivedEnd(trailers: FieldSection) {
        guard !isOver else { return }
        let finished = recording
        end(cancelling: false)
        // Stored before the readers hear of the end: who asks again at once finds it.
        if let finished {
            finished.answer.count(into: &worker.metrics)
            store(finished)
        }
        flight.finish(trailers: trailers)
    }

    func failed(_ error: UpstreamError) {
        guard !isOver else { return }
        end(cancelling: false)
        if !hasBegun, let standIn { return flight.answer(standIn, .staleOnError(status: nil)) }
        flight.fail(error)
    }

    func requestBodyWanted(_ wanted: Bool) {}
}

extension Fetch: FlightOwner {
    func flightWantsMore(_ wanted: Bool) {
        onEventLoop { $0.call?.setReading(wanted) }
    }

    func flightIsDeserted() {
        onEventLoop { fetch in
            guard !fetch.isOver else { return }
            // Not yet begun, or recording: what comes may be stored, and is paid for. A client that has the whole body
            // may leave before its end is told.
            let isWorthFinishing = fetch.finishesUnread && fetch.isStorable
            if !isWorthFinishing, fetch.recording?.isWhole != true { fetch.abandon() }
        }
    }

    /// So far: no head yet, or recording it.
    private var isStorable: Bool { recording != nil || !hasBegun }

    private func abandon() {
        end(cancelling: true)
        flight.fail(UpstreamError.reset)
    }

    private func onEventLoop(_ action: @escaping @Sendable (Fetch) -> Void) {
        if worker.eventLoop.inEventLoop { return action(self) }
        worker.eventLoop.execute { action(self) }
    }
}
