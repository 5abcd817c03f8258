import NIOCore
import WeirCache
import WeirHTTP
import WeirTier
import WeirUpstream

/// What other sidecars have, or are about to have, of what is fetched.
extension Fetch {
    /// Asks the second tier before the upstream, where that is of use.
    func consult(_ terms: ConsultationTerms) {
        let request = Consultation.Request(
            key: key,
            fields: clientFields,
            locking: flight.isJoinable ? terms.locking : .never,
            isUsable: terms.isUsable
        )
        consultation = worker.shared.tier?.consult(request, on: worker.eventLoop) { [self] in consulted($0) }
        if consultation == nil { callUpstream() }
    }

    private func consulted(_ outcome: Consultation.Outcome) {
        consultation = nil
        switch outcome {
        case .answer(let response):
            _ = insert(response)
            end(cancelling: false)
            flight.answer(response, .secondTier)
        case .left:
            // Whoever has joined meanwhile waits for it.
            guard flight.isDeserted, let served = candidates.first else { return callUpstream() }
            end(cancelling: false)
            flight.answer(served, .storedMeanwhile, isShared: false)
        case .fetch(let stale, let fill):
            self.fill = fill
            if let stale, isNewer(stale) { adopt(stale) }
            // What is written is as of now: the wait may have been long.
            mark = worker.shared.store.mark()
            requestedAt = worker.now()
            describe(tags: knownTags)
            callUpstream()
        }
    }

    /// Than what this sidecar has itself.
    private func isNewer(_ response: StoredResponse) -> Bool {
        guard let own = candidates.first else { return true }
        let now = worker.now()
        return response.age(at: now) < own.age(at: now)
    }

    /// It is validated, and stands in where the upstream fails.
    private func adopt(_ response: StoredResponse) {
        guard case .stored = insert(response) else { return }
        candidates = [response] + worker.shared.store.candidates(key, request: clientFields).filter { $0 !== response }
        askAboutCandidates()
    }

    /// What has been stored here is for all sidecars.
    /// - Parameter isConfirmed: it has been there already, and a 304 has freshened it.
    func share(_ response: StoredResponse, isConfirmed: Bool = false) {
        guard let place else { return }
        // What may not be written takes its predecessor from Redis, but where that is the same.
        if isConfirmed, place.position == nil { return giveUpFill() }
        let fill = fill
        self.fill = nil
        worker.shared.tier?.write(
            response,
            answering: clientFields,
            place: place,
            fill: fill,
            replaces: !candidates.isEmpty,
            on: worker.eventLoop
        )
    }

    /// There will be no answer that others could have.
    func giveUpFill() {
        fill?.giveUp()
        fill = nil
    }
}
