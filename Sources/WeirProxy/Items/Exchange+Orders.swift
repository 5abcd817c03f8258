import NIOCore
import WeirCache
import WeirHTTP
import WeirLedger
import WeirOpenAI
import WeirUpstream

/// What a request orders of its items.
extension Exchange {
    /// A caller that may not have its items fetched.
    struct OrderRefused: Error { let refusal: AllowanceRefusal }

    /// As many as the API's limits make it.
    /// - Parameter isBehind: nobody waits for it.
    func makeOrders(
        _ lines: [ItemOrder.Line],
        since mark: PurgeMark,
        isBehind: Bool = false
    ) -> Result<[ItemOrder], OrderRefused> {
        guard let items = aiRequest?.items else { preconditionFailure("Cannot order what does not consist of items") }
        var orders: [ItemOrder] = []
        for part in Self.parts(lines) {
            let body = items.body(of: part.map(\.item))
            switch openAccount(payer: isBehind ? .route : .client, body: body) {
            case .refused(let refusal): return .failure(OrderRefused(refusal: refusal))
            case .opened(let account): orders.append(order(part, of: items, account, since: mark, isBehind: isBehind))
            }
        }
        return .success(orders)
    }

    /// Cuts them where the next would take more tokens than a request may have.
    static func parts(_ lines: [ItemOrder.Line]) -> [[ItemOrder.Line]] {
        var parts: [[ItemOrder.Line]] = []
        var tokens = 0
        for line in lines {
            if parts.isEmpty || tokens + line.tokens > ItemRequest.maxTokens {
                parts.append([])
                tokens = 0
            }
            parts[parts.count - 1].append(line)
            tokens += line.tokens
        }
        return parts
    }

    private func order(
        _ lines: [ItemOrder.Line],
        of items: ItemRequest,
        _ account: CallAccount,
        since mark: PurgeMark,
        isBehind: Bool
    ) -> ItemOrder {
        guard let route else { preconditionFailure("Cannot order without a route") }
        var policy = AnswerPolicy.make(route: route, head: head, aiRequest: aiRequest, endpoint: endpoint)
        if isBehind { policy.finishesUnread = true }
        let purpose = ForwardedFields.Purpose.sharing(validating: [], coding: policy.coding)
        let request = UpstreamRequest(
            method: head.method,
            methodName: String(decoding: head.methodName, as: UTF8.self),
            target: UpstreamTarget.make(head, upstream: route.upstream.settings.url),
            fields: forwardedFields(route).make(for: purpose),
            timeouts: route.timeouts,
            priority: isBehind ? .bulk : CallPriority(head.fields),
            load: aiRequest?.load
        )
        let caller = ItemCaller(
            worker: worker,
            route: route,
            generation: generation,
            endpoint: endpoint,
            request: request,
            fallback: isBehind ? nil : fallbackPlan(purpose),
            account: account,
            bodyAccount: body.account
        )
        return ItemOrder(
            lines: lines,
            items: items,
            caller: caller,
            policy: policy,
            path: String(decoding: head.path, as: UTF8.self),
            clientFields: head.fields,
            model: aiRequest?.model,
            mark: mark
        )
    }

    /// Has items asked for again that are just being served.
    func refreshItems(_ gathering: Gathering, _ refreshed: [(slot: Int, reason: RefreshReason)]) {
        guard let route, route.settings.features.dedupe, !shared.buffers.isExhausted else { return }
        let mark = shared.store.mark()
        var led: [(line: ItemOrder.Line, reader: FlightReader, reason: RefreshReason)] = []
        for (slot, reason) in refreshed {
            let entry = gathering.slots[slot]
            guard
                case .lead(let flight, let reader) = shared.flights.join(
                    FlightKey(entry.key),
                    settings: flightSettings(route),
                    now: worker.recently,
                    on: worker.eventLoop,
                    wake: {}
                )
            else { continue }
            led.append((line(entry, flight), reader, reason))
        }
        guard !led.isEmpty else { return }
        switch makeOrders(led.map(\.line), since: mark, isBehind: true) {
        case .failure: dissolve(led.map(\.line))
        case .success(let orders):
            for reason in Set(led.map(\.reason)) { worker.metrics.routes[route.slot].recordRefresh(reason) }
            for order in orders { ItemFetch.start([order]) }
        }
        // Only now: a flight without readers closes, unless it outlives them.
        for (_, reader, _) in led { reader.leave() }
    }
}
