import NIOCore
import WeirCache
import WeirHTTP
import WeirOpenAI
import WeirTier
import WeirUpstream

/// One upstream call for items that nobody has stored: cuts its answer into theirs, stores each under its own key and tags,
/// and answers each item's ``Flight``.
///
///     orders ─▶ upstream ─▶ ItemAnswer ─▶ one entry an item ─▶ MemoryStore, Tier
///                                    └──▶ one flight an item ─▶ Gathering
///
/// An answer that is none of this is everybody's who has ordered: an error goes on as it is. Lives on the event loop of the
/// first caller; the upstream call keeps it alive.
///
/// `@unchecked Sendable`: every stored property is touched on `worker.eventLoop` alone; what ``FlightOwner`` calls from
/// elsewhere hops there first.
final class ItemFetch: @unchecked Sendable {
    private enum Answer {
        case awaited
        /// A 200, whose items are cut out once it is whole.
        case collecting(ResponseHead)
        /// Something else, which goes on as it comes.
        case passing
    }

    private let orders: [ItemOrder]
    private let asked: ItemCall
    private let caller: ItemCaller
    private let worker: Worker
    private let route: Route
    private var call: (any UpstreamCall)?
    private var places: [FetchPlace?] = []
    private var answer = Answer.awaited
    private var body = ByteBuffer()
    private let account: BufferAccount
    private var isOver = false

    /// Asks for what somebody still waits for, on the event loop of the first who does.
    /// - Parameter orders: of one group (``BatchGroup``).
    static func start(_ orders: [ItemOrder]) {
        let wanted = orders.filter { order in
            guard order.lines.allSatisfy(\.flight.isDeserted) else { return true }
            order.caller.close()
            // Who has joined at this very moment asks anew.
            for line in order.lines { line.flight.fail(LeaderRefused()) }
            return false
        }
        guard let eventLoop = wanted.first?.caller.eventLoop else { return }
        guard !eventLoop.inEventLoop else { return ItemFetch(wanted).start() }
        eventLoop.execute { ItemFetch(wanted).start() }
    }

    /// - Parameter orders: at least one.
    private init(_ orders: [ItemOrder]) {
        self.orders = orders
        asked = ItemCall(orders)
        caller = orders[0].caller
        worker = caller.worker
        route = caller.route
        account = BufferAccount(worker.shared.buffers)
    }

    private var lines: [ItemOrder.Line] { orders.flatMap(\.lines) }

    private func start() {
        for order in orders {
            for line in order.lines {
                if order.finishesUnread { line.flight.outliveReaders() }
                let tags = order.policy.tags + order.policy.askedTags
                let subject = PurgeSubject(key: line.key, path: order.path, tags: tags, mayGainTags: false)
                line.flight.fetches(subject, since: order.mark)
                line.flight.begin(owner: self)
            }
        }
        places = lines.map { worker.shared.tier?.place(of: $0.key, fill: nil, on: worker.eventLoop) }
        var request = caller.request
        request.body = .whole(asked.body)
        request.load = request.load.map { PaceLoad(label: $0.label, tokens: asked.tokens.reduce(0, +)) }
        worker.metrics.routes[route.slot].recordBatch(items: asked.tokens.count)
        for order in orders { order.caller.call() }
        // With answers at hand for all of them nobody is kept waiting for the upstream to be ready again.
        let isStandInReady = orders.allSatisfy { order in
            order.lines.allSatisfy { mayStandIn($0.stale, allowed: order.allowedStaleness) }
        }
        call = route.upstream.call(
            request,
            service: route.service(of: caller.endpoint),
            usesBreaker: route.settings.features.breaker,
            patience: isStandInReady ? .zero : nil,
            fallback: isStandInReady ? nil : caller.fallback?.fallback(for: request),
            on: worker.eventLoop,
            handler: self
        )
    }

    // MARK: Its items

    private func deliver(_ head: ResponseHead) {
        let shares = ItemShares(asked.tokens)
        guard let answer = ItemAnswer(body, endpoint: caller.endpoint, count: asked.tokens.count) else {
            let reading = AnswerInspector.read(body, endpoint: caller.endpoint, allowedFinishReasons: [])
            closeAccounts(reading.usage, shares, model: reading.model)
            return forgo()
        }
        closeAccounts(answer.usage, shares, model: answer.model)
        let isFallback = call?.isFallback == true
        var places = places[...]
        for (order, parts) in zip(orders, asked.parts) {
            let model = model(of: order, isFallback: isFallback) ?? answer.model ?? CallAccount.unknownModel
            for (line, part) in zip(order.lines, parts) {
                let usage = answer.usage.map { shares.share(of: $0, item: part.place) } ?? Usage(prompt: line.tokens)
                let alone = answer.alone(part.place, shares: shares)
                let note = AnswerNote(model: model, usage: usage, repeats: false, item: alone.place)
                let stored = ItemEntry.make(line.key, alone.body, head: head, note: note, order: order, worker: worker)
                let isStored = !isFallback && store(stored, order, line, places.popFirst() ?? nil)
                let refusal = isFallback ? "fallback" : nil
                line.flight.answer(stored, .fetched(isFirst: part.isFirst, isStored: isStored, refusal: refusal))
            }
        }
    }

    /// The answer is no list of what was asked for.
    private func forgo() {
        let settings = caller.generation.flightSettings
        for line in lines {
            worker.shared.flights.remember(unshared: line.flight.key, settings: settings, now: worker.now())
            line.flight.fail(ItemsUnreadable())
        }
    }

    /// Another upstream's answer is for those who wait, and for nobody later.
    private func store(
        _ stored: StoredResponse,
        _ order: ItemOrder,
        _ line: ItemOrder.Line,
        _ place: FetchPlace?
    ) -> Bool {
        let (store, tier) = (worker.shared.store, worker.shared.tier)
        let request = order.clientFields
        guard case .stored = store.insert(stored, answering: request, since: order.mark, now: worker.recently) else {
            return false
        }
        worker.shared.flights.forget(unshared: line.flight.key)
        guard let place else { return true }
        let replaces = line.stale != nil
        tier?.write(
            stored,
            answering: request,
            place: place,
            fill: nil,
            replaces: replaces,
            on: worker.eventLoop
        )
        return true
    }

    private func model(of order: ItemOrder, isFallback: Bool) -> String? {
        guard let name = order.model else { return nil }
        return isFallback ? route.settings.fallback?.models[name] ?? name : name
    }

    // MARK: Costs

    /// Everybody pays for his own items.
    private func closeAccounts(_ usage: Usage?, _ shares: ItemShares, model: String?) {
        for (order, parts) in zip(orders, asked.parts) {
            let sum = usage.map { usage in
                parts.filter(\.isFirst).reduce(Usage()) { $0 + shares.share(of: usage, item: $1.place) }
            }
            order.caller.close(AnswerReading(verdict: .storable, usage: sum, model: model))
        }
    }

    // MARK: Failures

    /// Stored answers stand in for a failure where all of a caller's can; else he gets the failure.
    /// - Returns: the orders that are left.
    private func standIn(status: UInt16?) -> [ItemOrder] {
        var rest: [ItemOrder] = []
        for order in orders {
            guard order.lines.allSatisfy({ mayStandIn($0.stale, allowed: order.allowedStaleness) }) else {
                rest.append(order)
                continue
            }
            for line in order.lines {
                guard let stale = line.stale else { continue }
                line.flight.answer(stale, .staleOnError(status: status), isShared: mayStandIn(stale))
            }
        }
        return rest
    }

    private func mayStandIn(_ stored: StoredResponse?, allowed: Int64 = 0) -> Bool {
        guard let stored else { return false }
        let recheck = worker.shared.tier?.recheck
        return ReuseDecision.mayStandIn(stored, allowed: allowed, recheck: recheck, now: worker.now())
    }

    /// Flights that hear of an answer as it comes.
    private var listeners: [Flight] = []

    /// Whether one order alone may be what the upstream refuses.
    private func mayBeOfOne(_ status: UInt16) -> Bool { orders.count > 1 && [400, 413, 422].contains(status) }

    /// Asks for each half by itself, so that what is refused is refused alone.
    private func divide() {
        isOver = true
        call?.cancel()
        call = nil
        let middle = orders.count / 2
        Self.start(Array(orders[..<middle]))
        Self.start(Array(orders[middle...]))
    }

    private func pass(_ head: ResponseHead) {
        answer = .passing
        let isFailure = ReuseDecision.isFailure(head.status, mode: orders[0].policy.mode)
        let rest = isFailure ? standIn(status: head.status) : orders
        listeners = rest.flatMap { $0.lines.map(\.flight) }
        let isShared = head.status >= 500 && !(route.settings.cache.scope == .shared && isPersonal)
        let terms = FlightTerms(refusal: NoStoreReason.status.rawValue)
        for flight in listeners { flight.publish(head: head, isShared: isShared, terms: terms) }
    }

    /// Whether the upstream is told who asks: what comes of that may be about him.
    private var isPersonal: Bool { orders.contains { route.isPersonal($0.clientFields) } }

    /// Nothing (more) comes.
    private func fail(_ error: any Error, cancelling: Bool) {
        let flights =
            switch answer {
            case .awaited: standIn(status: nil).flatMap { $0.lines.map(\.flight) }
            case .collecting: lines.map(\.flight)
            case .passing: listeners
            }
        end(cancelling: cancelling)
        for flight in flights { flight.fail(error) }
    }

    private func end(cancelling: Bool) {
        isOver = true
        for order in orders { order.caller.close() }
        if cancelling { call?.cancel() }
        call = nil
        listeners = []
        body = ByteBuffer()
        account.set(0)
    }
}

extension ItemFetch: UpstreamResponseHandler {
    func received(informational head: ResponseHead) {}

    func received(head: ResponseHead) {
        if mayBeOfOne(head.status) { return divide() }
        let isFallback = call?.isFallback == true
        for order in orders { order.caller.answer(status: head.status, isFallback: isFallback) }
        guard (200..<300).contains(head.status) else { return pass(head) }
        answer = .collecting(head)
        if head.status != 200 || head.isEventStream || head.fields.contains(.contentEncoding) {
            forgo()
            end(cancelling: true)
        }
    }

    func received(body chunk: ByteBuffer) {
        guard !isOver else { return }
        switch answer {
        case .awaited: break
        case .collecting:
            body.writeImmutableBuffer(chunk)
            if !account.set(body.readableBytes) { fail(ProxyError.memoryFull, cancelling: true) }
        case .passing:
            for flight in listeners { flight.append(chunk) }
        }
    }

    func receivedBurst() {}

    func receivedEnd(trailers: FieldSection) {
        guard !isOver else { return }
        isOver = true
        switch answer {
        case .awaited: break
        // Stored before the readers hear of it: who asks again at once finds it.
        case .collecting(let head): deliver(head)
        case .passing:
            for order in orders { order.caller.close() }
            for flight in listeners { flight.finish(trailers: trailers) }
        }
        end(cancelling: false)
    }

    func failed(_ error: UpstreamError) {
        guard !isOver else { return }
        for order in orders { order.caller.close(error: error) }
        fail(error, cancelling: false)
    }

    func requestBodyWanted(_ wanted: Bool) {}
}

extension ItemFetch: FlightOwner {
    /// Its body is taken whole, or is an error's.
    func flightWantsMore(_ wanted: Bool) {}

    func flightIsDeserted() {
        guard !worker.eventLoop.inEventLoop else { return cancelIfDeserted() }
        worker.eventLoop.execute { self.cancelIfDeserted() }
    }

    /// What comes may be stored, and is paid for.
    private func cancelIfDeserted() {
        guard !isOver, !orders.contains(where: \.finishesUnread), lines.allSatisfy(\.flight.isDeserted) else { return }
        fail(UpstreamError.reset, cancelling: true)
    }
}

extension ItemOrder {
    /// The request's `stale-if-error`, in seconds (RFC 5861 §4).
    fileprivate var allowedStaleness: Int64 { CacheControl.ofRequest(clientFields).staleIfError ?? 0 }
}
