import NIOCore
import WeirCache
import WeirHTTP
import WeirOpenAI
import WeirTier

extension Exchange {
    /// What `Cache-Status` says of an answer that another sidecar had stored.
    static let secondTier = "redis"

    /// A whole answer in the second tier answers HEAD and ranges too, which are no fetch for others, and who wants nothing
    /// from the upstream. What it has comes into memory; then that is looked at once more.
    func consult() -> Step {
        hasConsulted = true
        guard let key, let terms = consultationTerms(besides: stale) else { return .lookup }
        let request = Consultation.Request(
            key: key,
            fields: head.fields,
            locking: .never,
            isUsable: terms.isUsable
        )
        let mark = shared.store.mark()
        let consultation = shared.tier?.consult(request, on: worker.eventLoop) { [self] outcome in
            guard !isFinished else { return }
            source = .none
            if case .answer(let response) = outcome {
                _ = shared.store.insert(response, answering: head.fields, since: mark, now: worker.now())
            }
            cacheStatus = CacheStatus()
            run(from: .lookup)
        }
        guard let consultation else { return .lookup }
        source = .consultation(consultation)
        return .wait
    }

    /// How the second tier is asked for what this request wants; nil where it is not, there being none, or its client
    /// wanting the upstream's word.
    /// - Parameters:
    ///   - own: what this sidecar has itself.
    ///   - locking: where sidecars collapse their fetches.
    func consultationTerms(
        besides own: StoredResponse?,
        locking: Consultation.Locking = .never
    ) -> ConsultationTerms? {
        guard shared.tier != nil, let route, cacheStatus.forward != .request, unusable == nil else { return nil }
        let (directives, worker) = (directives, worker)
        // Whoever waits for a whole stream has no stream.
        let isCollapsed = route.settings.features.dedupe && aiRequest?.wantsStream != true
        return ConsultationTerms(
            locking: isCollapsed ? locking : .never,
            isUsable: { response in
                let now = worker.now()
                guard ReuseDecision.decide(response, request: directives, recheck: nil, now: now) == .fresh else {
                    return false
                }
                guard let own else { return true }
                // This sidecar has had a newer one, which could not be written there.
                guard response.age(at: now) <= own.age(at: now) else { return false }
                // It is to be refreshed ahead of its end. The same answer, rounded otherwise, would be no refreshment.
                return own.timeToLive(at: now) <= 0 || response.timeToLive(at: now) > own.timeToLive(at: now) + 1
            }
        )
    }

    /// How long what is stored is trusted where the others' purges are not heard of; nil where they are.
    var recheck: TimeAmount? { shared.tier?.recheck }
}
