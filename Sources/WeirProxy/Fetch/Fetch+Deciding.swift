import NIOCore
import WeirCache
import WeirHTTP
import WeirOpenAI
import WeirTier
import WeirUpstream

/// What the head of an answer decides: whether it is stored, shared, or for one client alone.
extension Fetch {
    func decide(_ head: ResponseHead) {
        if call?.isFallback == true { return relay(head) }
        if head.status == 304, !candidates.isEmpty { return revalidated(by: head) }
        if ReuseDecision.isFailure(head.status, mode: policy.mode), let standIn {
            end(cancelling: true)
            return answer(standIn: standIn, status: head.status)
        }
        switch policy.mode {
        case .http(let policy): decide(head, by: policy)
        case .persona(let persona): decide(head, by: persona)
        }
    }

    private func decide(_ head: ResponseHead, by policy: StorePolicy) {
        let (decision, selection) = judge(head, by: policy)
        supersede(by: head, decision, selection)
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

    /// What was stored is not what the resource is any more, though this cannot be stored in its place
    /// (RFC 9111 §4.3.3).
    private func supersede(by head: ResponseHead, _ decision: StoreDecision, _ selection: VarySelection?) {
        var reason: NoStoreReason?
        switch (decision, selection) {
        case (.refuse(let refusal), _): reason = refusal
        case (.store, nil): break
        case (.store, _?): if head.framing != .untilClose, fits(head) { return }
        }
        if Supersession.ends(status: head.status, refusedFor: reason) { endFormer() }
    }

    /// What is stored is not what the resource is any more, and nothing comes in its place.
    func endFormer() {
        worker.shared.store.remove(key: key, matching: clientFields)
        // Where the second tier was asked, and had nothing, there is nothing to take from it.
        if terms == nil || !candidates.isEmpty { worker.shared.tier?.purge(.key(key), softly: false) }
    }

    /// Whether it may be stored, and for which requests.
    func judge(_ head: ResponseHead, by policy: StorePolicy) -> (StoreDecision, VarySelection?) {
        self.policy.judge(
            head,
            method: request.method,
            request: clientFields,
            by: policy,
            receivedAt: worker.shared.clocks.wall()
        )
    }

    private func decide(_ head: ResponseHead, by persona: AnswerPolicy.PersonaPolicy) {
        guard head.status < 500 else {
            let refusal = NoStoreReason.status.rawValue
            // What an error says of an account is for whose it is.
            if route.settings.cache.scope == .shared, isPersonal { return release(head, because: refusal) }
            return share(head, selection: .none, because: refusal)
        }
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
        let head = makeNeutral(head)
        if fill != nil, let length = head.framing.knownLength, length > generation.settings.tier?.maxObject ?? .max {
            giveUpFill()
        }
        recording = Recording(
            head: head,
            freshness: freshness,
            selection: selection,
            limit: generation.settings.cache.maxObject,
            answer: answerRecorder(head)
        )
        describe(tags: tags(head), isWhole: true)
        worker.shared.flights.forget(unshared: flight.key)
        flight.publish(
            head: head,
            isShared: true,
            terms: FlightTerms(selection: selection, storedLifetime: freshness.lifetime)
        )
    }

    private func answerRecorder(_ head: ResponseHead) -> AnswerRecorder? {
        guard case .persona(let persona) = policy.mode else { return nil }
        return AnswerRecorder(persona, response: head)
    }

    /// What is not recorded is paid for all the same.
    private func beginMetering(_ head: ResponseHead) {
        guard case .persona(let persona) = policy.mode else { return }
        meter = AnswerRecorder(passing: head, endpoint: persona.endpoint)
    }

    /// Sees to it that what goes to others, and into the store, holds nothing of what the one request has said of itself
    /// alone. Its own client gets it back as any other gets his (``AnswerTailor``).
    private func makeNeutral(_ head: ResponseHead) -> ResponseHead {
        guard case .persona(let persona) = policy.mode, !persona.echoed.isEmpty,
            !head.fields.contains(.contentEncoding)
        else { return head }
        rewriter = EchoRewriter(persona.echoed.neutral, isEventStream: head.isEventStream)
        var head = head
        if let length = head.framing.knownLength, length > 0 { head.framing = .chunked }
        return head
    }

    /// Another upstream's answer: for those who are waiting, as far as it is for all of them, but never for the store,
    /// whose keys name the route's own upstream.
    private func relay(_ head: ResponseHead) {
        let refusal = "fallback"
        guard isForAll(head) else { return release(head, because: refusal) }
        share(head, selection: .none, because: refusal)
    }

    /// Whether the upstream is told who asks: what comes of that may be about him.
    private var isPersonal: Bool { route.isPersonal(clientFields) }

    /// For everybody who waits, and nobody later. A failure is: an upstream that is down is not asked once for each of a
    /// crowd.
    private func share(_ head: ResponseHead, selection: VarySelection, because reason: String) {
        giveUpFill()
        beginMetering(head)
        let head = makeNeutral(head)
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

    func rememberUnshared() {
        worker.shared.flights.remember(
            unshared: flight.key,
            settings: generation.flightSettings,
            now: worker.now()
        )
    }

    /// - Parameter isLasting: whether to expect the same of the next answer for this key.
    private func release(_ head: ResponseHead, because reason: String, isLasting: Bool = false) {
        if isLasting { rememberUnshared() }
        giveUpFill()
        beginMetering(head)
        flight.publish(head: head, isShared: false, terms: FlightTerms(refusal: reason))
        // Only the leader could read on, and it has left.
        if !isOver, flight.isDeserted { abandon() }
    }
}
