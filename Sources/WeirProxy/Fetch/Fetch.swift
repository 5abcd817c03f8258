import NIOCore
import WeirCache
import WeirHTTP
import WeirOpenAI
import WeirTier
import WeirUpstream

/// One upstream call whose answer many may read and the store may keep: feeds a ``Flight``, records what can be
/// stored, and stores it when it is whole.
///
///     upstream ─▶ Fetch ─▶ Flight ─▶ readers
///                   └────▶ Recording ─▶ MemoryStore, Tier
///
/// Lives on the event loop of the exchange that began it; the upstream call keeps it alive.
///
/// `@unchecked Sendable`: every stored property is touched on `worker.eventLoop` alone; what ``FlightOwner`` calls from
/// elsewhere hops there first.
final class Fetch: @unchecked Sendable {
    let key: CacheKey
    var request: UpstreamRequest
    /// The client's, by which `Vary` selects.
    let clientFields: FieldSection
    let path: String
    let route: Route
    let service: Service
    let policy: AnswerPolicy
    /// The request's `stale-if-error`, in seconds (RFC 5861 §4).
    let allowedStaleness: Int64
    /// What is being revalidated (RFC 9111 §4.3.1).
    var candidates: [StoredResponse]
    /// Where the call goes when the route's upstream fails and nothing stored can stand in.
    let fallback: Fallback?
    let flight: Flight
    /// That of the request that began it.
    let generation: Generation
    let worker: Worker
    var mark: PurgeMark
    /// Where it stands among what all sidecars purge and fetch, from when the upstream was asked; nil without a second tier.
    var place: FetchPlace?
    /// How the second tier is asked first; nil: it is not.
    let terms: ConsultationTerms?

    var consultation: Consultation?
    /// Held where other sidecars wait for what this fetches.
    var fill: Fill?
    var call: (any UpstreamCall)?
    var recording: Recording?
    /// Takes out of a shared answer what it repeats of the request that it was asked for with.
    var rewriter: EchoRewriter?
    /// Of an AI call.
    var account: CallAccount?
    /// What the answer cost, once that is known.
    var note: AnswerNote?
    /// Reads what an AI answer used that is not recorded.
    var meter: AnswerRecorder?
    var requestedAt: NIODeadline
    var isOver = false
    var hasBegun = false
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
        candidates: [StoredResponse],
        fallback: Fallback?,
        terms: ConsultationTerms?,
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
        allowedStaleness = CacheControl.ofRequest(clientFields).staleIfError ?? 0
        self.candidates = candidates
        self.fallback = fallback
        self.terms = terms
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
        if let terms { consult(terms) } else { callUpstream() }
    }

    /// - Parameter tags: as far as they are known; an app's response may name more.
    func describe(tags: [String], isWhole: Bool = false) {
        let mayGainTags = if case .http = policy.mode { !isWhole } else { false }
        flight.fetches(PurgeSubject(key: key, path: path, tags: tags, mayGainTags: mayGainTags), since: mark)
    }

    var knownTags: [String] { policy.tags + policy.askedTags + (policy.urlTag.map { [$0] } ?? []) }

    func callUpstream() {
        // With an answer at hand nobody is kept waiting for the upstream to be ready again.
        let isStandInReady = standIn != nil
        place = worker.shared.tier?.place(of: key, fill: fill, on: worker.eventLoop)
        account?.call()
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
    var standIn: StoredResponse? {
        candidates.first.flatMap { mayStandIn($0, allowed: allowedStaleness) ? $0 : nil }
    }

    /// Followers have not said what the client says whose request began this.
    func answer(standIn: StoredResponse, status: UInt16?) {
        flight.answer(standIn, .staleOnError(status: status), isShared: mayStandIn(standIn))
    }

    private func mayStandIn(_ stored: StoredResponse, allowed: Int64 = 0) -> Bool {
        let recheck = worker.shared.tier?.recheck
        return ReuseDecision.mayStandIn(stored, allowed: allowed, recheck: recheck, now: worker.now())
    }

    /// The answer is whole, or nothing more comes of it.
    func closeAccount(_ error: UpstreamError? = nil) {
        let recorder = recording?.answer ?? meter
        let reading = recorder?.soFar
        let bill = account?.close(reading, isEventStream: recorder?.isEventStream ?? false, error: error)
        note = note ?? bill?.note(reading)
    }

    func end(cancelling: Bool) {
        isOver = true
        closeAccount()
        recording = nil
        hints = nil
        if cancelling { call?.cancel() }
        call = nil
        consultation?.cancel()
        consultation = nil
        giveUpFill()
    }
}

extension Fetch: UpstreamResponseHandler {
    func received(informational head: ResponseHead) { hints?(head) }

    func received(head: ResponseHead) {
        hasBegun = true
        account?.answer(status: head.status, isFallback: call?.isFallback == true)
        decide(head)
    }

    func received(body chunk: ByteBuffer) {
        guard !isOver else { return }
        let chunk = rewriter?.filter(chunk) ?? chunk
        guard chunk.readableBytes > 0 else { return }
        recording?.append(chunk, at: policy.keepsTimes ? worker.now() : nil)
        meter?.feed(chunk)
        // The second tier does not take it any more: nobody need wait for it.
        if fill != nil, let most = generation.settings.tier?.maxObject, recording?.isLonger(than: most) == true {
            giveUpFill()
        }
        if let recording, recording.isOverflowing || worker.shared.buffers.isExhausted {
            meter = recording.passing
            self.recording = nil
            giveUpFill()
            if recording.isOverflowing { rememberUnshared() }
            endFormer()
            // It was fetched for the store alone.
            if flight.isDeserted { return abandon() }
        }
        flight.append(chunk)
    }

    func receivedBurst() {}

    func receivedEnd(trailers: FieldSection) {
        guard !isOver else { return }
        // Stored before the readers hear of the end: who asks again at once finds it.
        if let recording { store(recording) }
        end(cancelling: false)
        flight.finish(trailers: trailers, note: note?.encoded() ?? ByteBuffer())
    }

    func failed(_ error: UpstreamError) {
        guard !isOver else { return }
        closeAccount(error)
        end(cancelling: false)
        if !hasBegun, let standIn { return answer(standIn: standIn, status: nil) }
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
    var isStorable: Bool { recording != nil || !hasBegun }

    func abandon() {
        end(cancelling: true)
        flight.fail(UpstreamError.reset)
    }

    func onEventLoop(_ action: @escaping @Sendable (Fetch) -> Void) {
        if worker.eventLoop.inEventLoop { return action(self) }
        worker.eventLoop.execute { action(self) }
    }
}
