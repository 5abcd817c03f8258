import NIOCore
import WeirCache
import WeirHTTP
import WeirLedger
import WeirOpenAI

/// The answer to a request for items, once all of them are there.
extension Exchange {
    func answerItems(_ gathering: Gathering) -> Step {
        guard let answers = gathering.answers, let aiRequest, let route,
            let oldest = answers.map(\.stored).min(by: { $0.receivedAt < $1.receivedAt })
        else { preconditionFailure("Cannot answer before everything is there") }
        source = .none
        self.gathering = nil
        tell(answers, gathering)
        charge(answers, gathering.order)
        worker.metrics.routes[route.slot].recordItems(gathering.order.map { answers[$0].origin })
        guard answers.count > 1 || gathering.order.count > 1 else {
            sendSameKind(oldest, AnswerNote(oldest.note), aiRequest)
            return .wait
        }
        let body = ItemPart.stitch(answers.map(\.part), order: gathering.order)
        gathering.account.set(body.readableBytes)
        response.account = gathering.account
        send(body, of: oldest, aiRequest)
        return .wait
    }

    /// What `Cache-Status` and the counters say of it.
    private func tell(_ answers: [Gathering.Answer], _ gathering: Gathering) {
        let order = gathering.order
        let found = order.count { answers[$0].origin == .found }
        let hasStale = answers.contains(where: \.isStale)
        let lives = answers.filter { $0.origin == .found }.map { $0.stored.timeToLive(at: worker.recently) }
        let (detail, status) = (cacheStatus.detail, cacheStatus.forwardStatus)
        cacheStatus = CacheStatus()
        if found == order.count {
            outcome = hasStale ? .stale : .hit
            cacheStatus.timeToLive = lives.min()
            if answers.contains(where: \.isStandIn) {
                cacheStatus.forward = gathering.missReason
                cacheStatus.forwardStatus = status
                cacheStatus.detail = "stale-if-error"
            } else {
                cacheStatus.isHit = true
                cacheStatus.detail = hasConsulted ? Self.secondTier : nil
            }
            return
        }
        let isFetched = answers.contains { $0.origin == .fetched }
        outcome = isFetched ? .miss : .collapsed
        cacheStatus.isCollapsed = !isFetched
        cacheStatus.forward = found > 0 ? .partial : gathering.missReason
        cacheStatus.isStored = isFetched && answers.allSatisfy(\.isStored)
        cacheStatus.detail = detail ?? (found > 0 ? "\(found)/\(order.count)" : nil)
    }

    /// Whoever has an item fetched pays for it; what is stored, or comes with another's call, is free, and so is what the
    /// request names once more.
    private func charge(_ answers: [Gathering.Answer], _ order: [Int]) {
        var spent: (note: AnswerNote, usage: Usage)?
        var saved: (note: AnswerNote, usage: Usage)?
        var paid = Set<Int>()
        for slot in order {
            guard let note = answers[slot].note, let usage = note.usage else { continue }
            if answers[slot].origin == .fetched, paid.insert(slot).inserted {
                spent = (note, spent.map { $0.usage + usage } ?? usage)
            } else {
                saved = (note, saved.map { $0.usage + usage } ?? usage)
            }
        }
        if answers.contains(where: { $0.origin == .fetched }) {
            response.costs.cost = spent.flatMap { generation.settings.prices.cost(of: $0.usage, model: $0.note.model) }
        } else {
            response.costs.cost = .zero
        }
        save(saved.map { AnswerNote(model: $0.note.model, usage: $0.usage, repeats: false) })
    }
}
