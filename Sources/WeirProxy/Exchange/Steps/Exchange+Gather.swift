import NIOCore
import WeirCache
import WeirHTTP
import WeirLedger
import WeirOpenAI
import WeirTier
import WeirUpstream

/// A request for several items: what is stored of them is used, what is not is asked for, and the answer is put together of
/// both.
extension Exchange {
    func gather() -> Step {
        let directives = directives
        if directives.noStore, !directives.onlyIfCached { return bypass(.request, detail: "no-store") }
        let gathering = self.gathering ?? beginGathering()
        self.gathering = gathering
        findItems(gathering, directives)
        if gathering.answers != nil { return answerItems(gathering) }
        if mayConsult, !directives.noCache { return consultItems(gathering) }
        if directives.onlyIfCached { return .refuse(.notCached) }
        if shared.buffers.isExhausted { return .refuse(.memoryFull) }
        source = .gathering(gathering)
        return askForItems(gathering)
    }

    private func beginGathering() -> Gathering {
        guard let route, let aiRequest, let items = aiRequest.items else {
            preconditionFailure("Cannot gather what does not consist of items")
        }
        let personaKey = PersonaKey(head: head, route: route, builder: worker.keyBuilder)
        return Gathering(
            keys: personaKey.make(aiRequest, items: items),
            account: BufferAccount(shared.buffers)
        )
    }

    // MARK: The store

    private func findItems(_ gathering: Gathering, _ directives: CacheControl) {
        let now = worker.recently
        var refreshed: [(slot: Int, reason: RefreshReason)] = []
        for slot in gathering.missing {
            guard case .hit(let stored) = shared.store.lookup(gathering.slots[slot].key, request: head.fields, now: now)
            else { continue }
            let ahead = route?.settings.cache.refreshAhead
            let uses = ahead == nil ? 0 : stored.countUse()
            var isStale = true
            switch ReuseDecision.decide(
                stored,
                request: directives,
                recheck: recheck,
                ahead: ahead,
                uses: uses,
                now: now
            ) {
            case .fresh:
                isStale = false
            case .refreshAhead:
                isStale = false
                if let ahead, stored.beginRefresh(now: now, pause: ahead.pause) { refreshed.append((slot, .ahead)) }
            case .acceptedStale: break
            case .staleWhileRevalidate:
                refreshed.append((slot, .staleWhileRevalidate))
            case .validate:
                gathering.set(slot, stale: stored)
                let isAsked =
                    stored.timeToLive(at: now) > 0 && !ReuseDecision.isDoubtful(stored, recheck: recheck, now: now)
                gathering.missReason = isAsked ? .request : .stale
                continue
            }
            if var answer = answer(stored, origin: .found) {
                answer.isStale = isStale
                gathering.set(slot, .there(answer))
            }
        }
        if !refreshed.isEmpty { refreshItems(gathering, refreshed) }
    }

    /// - Returns: nil where what is stored is none that could be cut out.
    func answer(_ stored: StoredResponse, origin: ItemOrigin) -> Gathering.Answer? {
        let received = stored.received
        guard received.form == Representation.Form() else { return nil }
        let note = AnswerNote(stored.note)
        return ItemPart(received.body, noted: note?.item, endpoint: endpoint).map {
            Gathering.Answer(stored: stored, part: $0, note: note, origin: origin)
        }
    }

    /// Asks the second tier for all that are missing, and looks once more.
    private func consultItems(_ gathering: Gathering) -> Step {
        hasConsulted = true
        var awaited = 0
        let mark = shared.store.mark()
        for slot in gathering.missing {
            guard let terms = consultationTerms(besides: gathering.slots[slot].stale) else { break }
            let request = Consultation.Request(
                key: gathering.slots[slot].key,
                fields: head.fields,
                locking: .never,
                isUsable: terms.isUsable
            )
            let consultation = shared.tier?.consult(request, on: worker.eventLoop) { [self] outcome in
                guard !isFinished else { return }
                if case .answer(let response) = outcome {
                    _ = shared.store.insert(response, answering: head.fields, since: mark, now: worker.now())
                }
                awaited -= 1
                guard awaited == 0 else { return }
                gathering.consultations = []
                run(from: .gather)
            }
            guard let consultation else { break }
            awaited += 1
            gathering.consultations.append(consultation)
        }
        guard awaited > 0 else { return .gather }
        source = .gathering(gathering)
        return .wait
    }

    // MARK: The upstream

    /// Every missing item: joins who fetches it already, or fetches it.
    private func askForItems(_ gathering: Gathering) -> Step {
        guard let route else { preconditionFailure("Cannot gather without a route") }
        let mark = shared.store.mark()
        let isShared = gathering.joins && route.settings.features.dedupe
        var led: [ItemOrder.Line] = []
        gathering.isAsking = true
        for slot in gathering.missing {
            let entry = gathering.slots[slot]
            switch joinFlight(of: slot, FlightKey(entry.key), isShared: isShared, route) {
            // Answers of its kind have not been what could be shared.
            case .lead(let flight, let reader) where isShared && !flight.isJoinable:
                reader.leave()
                dissolve(led)
                return goWhole()
            case .lead(let flight, let reader):
                gathering.set(slot, .waiting(reader, head: nil, body: ByteBuffer()))
                if isShared, let stored = storedMeanwhile(entry.key, besides: entry.stale) {
                    flight.answer(stored, .storedMeanwhile)
                } else {
                    led.append(line(entry, flight))
                }
            case .follow(let reader):
                gathering.set(slot, .waiting(reader, head: nil, body: ByteBuffer()))
            case .full:
                dissolve(led)
                return goWhole()
            }
        }
        switch makeOrders(led, since: mark) {
        case .success(let orders):
            for order in orders { fetch(order, route) }
        case .failure(let refusal):
            dissolve(led)
            return .refuse(.allowance(refusal.refusal))
        }
        if route.batch != nil, CallPriority(head.fields) == .critical { hasten(gathering) }
        gathering.isAsking = false
        if gathering.followed.contains(where: { $0.reader.overdueAt != nil }), !hasLeftFlight { worker.watch(self) }
        for slot in gathering.slots.indices { pumpItem(slot) }
        return .wait
    }

    /// By itself, or with what others ask for.
    private func fetch(_ order: ItemOrder, _ route: Route) {
        guard let batch = route.batch, order.caller.request.priority != .critical else {
            return ItemFetch.start([order])
        }
        let group = BatchGroup.key(of: order, generation: generation, builder: worker.keyBuilder)
        shared.batches.add(order, to: group, batch)
    }

    /// What others have ordered, and is waiting for more.
    private func hasten(_ gathering: Gathering) {
        let keys = Set(gathering.followed.map { gathering.slots[$0.slot].key })
        if !keys.isEmpty { shared.batches.hasten(keys) }
    }

    private func joinFlight(of slot: Int, _ key: FlightKey, isShared: Bool, _ route: Route) -> FlightTicket {
        let wake: @Sendable () -> Void = {
            [loopBound = NIOLoopBound(WeakExchange(self), eventLoop: worker.eventLoop)] in
            loopBound.value.exchange?.pumpItem(slot)
        }
        guard isShared else {
            let flight = Flight(key: key, settings: flightSettings(route), buffers: shared.buffers)
            return .lead(flight, flight.lead(on: worker.eventLoop, wake: wake))
        }
        return shared.flights.join(
            key,
            settings: flightSettings(route),
            now: worker.recently,
            on: worker.eventLoop,
            wake: wake
        )
    }

    func line(_ slot: Gathering.Slot, _ flight: Flight) -> ItemOrder.Line {
        ItemOrder.Line(
            key: slot.key,
            item: slot.item,
            tokens: aiRequest?.items?.items[slot.item].tokens ?? 1,
            flight: flight,
            stale: slot.stale
        )
    }

    /// Who leads may not have them fetched: others join anew.
    func dissolve(_ lines: [ItemOrder.Line]) {
        for line in lines { line.flight.fail(LeaderRefused()) }
    }

    /// The request as it is, and for itself alone.
    func goWhole() -> Step {
        leaveSource()
        gathering = nil
        return bypass(.bypass, detail: "items")
    }
}
