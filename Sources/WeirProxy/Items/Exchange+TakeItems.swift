import NIOCore
import WeirCache
import WeirHTTP
import WeirOpenAI
import WeirUpstream

/// What comes of a request's items, from its own calls and from others'.
extension Exchange {
    /// Takes what has come of an item.
    func pumpItem(_ slot: Int) {
        if case .flight = source { return pumpFlight() }
        guard case .gathering(let gathering) = source, !isFinished, !gathering.isAsking else { return }
        while case .gathering = source, case .waiting(let reader, _, _) = gathering.slots[slot].state,
            let event = reader.next()
        {
            handle(event, of: slot, gathering, reader)
        }
        guard case .gathering = source, !isFinished, gathering.consultations.isEmpty else { return }
        if gathering.isWhole || gathering.missingCount > 0 { run(from: .gather) }
    }

    private func handle(_ event: FlightEvent, of slot: Int, _ gathering: Gathering, _ reader: FlightReader) {
        switch event {
        case .head(let head, _) where (200..<300).contains(head.status):
            gathering.set(slot, .waiting(reader, head: head, body: ByteBuffer()))
        case .head:
            follow(reader, with: event, gathering)
        case .chunk(let chunk):
            gathering.append(chunk, to: slot)
        case .end(_, let note):
            guard case .waiting(_, let head?, let body) = gathering.slots[slot].state,
                let answer = collapsed(gathering.slots[slot].key, head, body, note)
            else { return run(from: goWhole()) }
            gathering.set(slot, .there(answer))
        case .answer(let stored, let reason):
            take(stored, reason, of: slot, gathering, reader)
        case .released:
            gathering.joins = false
            gathering.set(slot, .missing)
        case .failed(let error) where error is LeaderRefused:
            gathering.set(slot, .missing)
        case .failed(let error) where error is ItemsUnreadable:
            run(from: goWhole())
        case .failed(let error):
            leaveSource()
            failResponse(ProxyError(flight: error, upstream: route?.upstream.name ?? ""))
        }
    }

    /// It is an error: this request's as it is.
    private func follow(_ reader: FlightReader, with event: FlightEvent, _ gathering: Gathering) {
        for slot in gathering.slots.indices {
            if case .waiting(let other, _, _) = gathering.slots[slot].state, other === reader {
                gathering.set(slot, .missing)
            }
        }
        leaveSource()
        self.gathering = nil
        cacheStatus.forward = gathering.missReason
        outcome = reader.isLeader ? .miss : .collapsed
        cacheStatus.isCollapsed = !reader.isLeader
        source = .flight(reader)
        handle(event, reader: reader)
        pumpFlight()
    }

    private func take(
        _ stored: StoredResponse,
        _ reason: StoredAnswerReason,
        of slot: Int,
        _ gathering: Gathering,
        _ reader: FlightReader
    ) {
        let origin: ItemOrigin
        var isStored = true
        var isStandIn = false
        switch reason {
        case .storedMeanwhile, .secondTier, .revalidated: origin = .found
        case .staleOnError(let status):
            origin = .found
            isStandIn = true
            cacheStatus.forwardStatus = status
        case .fetched(let isFirst, let isKept, let refusal):
            origin = reader.isLeader && isFirst ? .fetched : .collapsed
            isStored = isKept
            if let refusal { cacheStatus.detail = refusal }
        }
        guard reader.isLeader || isUsable(stored, reason), var answer = answer(stored, origin: origin) else {
            gathering.joins = false
            return gathering.set(slot, .missing)
        }
        answer.isStored = isStored
        answer.isStandIn = isStandIn
        answer.isStale = isStandIn
        gathering.set(slot, .there(answer))
    }

    /// Another request's answer for that item alone, which may be stored by now.
    private func collapsed(
        _ key: CacheKey,
        _ head: ResponseHead,
        _ body: ByteBuffer,
        _ note: ByteBuffer
    ) -> Gathering.Answer? {
        if case .hit(let stored) = shared.store.lookup(key, request: self.head.fields, now: worker.recently),
            isFresh(stored, directives)
        {
            return answer(stored, origin: .collapsed)
        }
        guard let route, head.status == 200, !head.isEventStream, !head.fields.contains(.contentEncoding) else {
            return nil
        }
        let policy = AnswerPolicy.make(route: route, head: self.head, aiRequest: aiRequest, endpoint: endpoint)
        let stored = ItemEntry.make(
            key,
            body,
            head: head,
            note: AnswerNote(note),
            policy: policy,
            tags: [],
            path: "",
            route: route,
            generation: generation,
            worker: worker
        )
        var answer = answer(stored, origin: .collapsed)
        answer?.isStored = false
        return answer
    }

    /// Whether it still waits for items that others fetch, and has to be looked at again; see ``keepsFollowing(now:)``.
    func keepsGathering(_ gathering: Gathering, now: NIODeadline) -> Bool {
        let overdue = gathering.followed.filter { $0.reader.overdueAt.map { now >= $0 } ?? false }
        guard !overdue.isEmpty else { return gathering.followed.contains { $0.reader.overdueAt != nil } }
        hasLeftFlight = true
        for (slot, reader) in overdue {
            reader.leave()
            gathering.set(slot, .missing)
        }
        run(from: .gather)
        return false
    }
}
