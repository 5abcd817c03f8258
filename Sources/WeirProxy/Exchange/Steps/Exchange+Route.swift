import NIOCore
import WeirHTTP
import WeirOpenAI

extension Exchange {
    func findRoute() -> Step {
        guard let route = generation.router.route(for: head) else {
            let allowed = generation.router.methods(for: head)
            return .refuse(allowed.isEmpty ? .noRoute : .methodNotRouted(allowed: allowed.joined(separator: ", ")))
        }
        self.route = route
        if let refusal = authenticate(route) { return .refuse(refusal) }
        plan = CachePlan.decide(head: head, route: route.settings, endpoint: endpoint)
        if !plan.isBypass, ConnectionOptions.nameFields(of: head.fields) {
            plan = .bypass(.request, detail: "connection")
        }
        body.limit = route.settings.maxBody
        body.collectedLimit = route.settings.maxKeyedBody
        if let limit = body.limit, isLonger(than: limit) { return .refuse(.bodyTooLarge(limit: limit)) }
        switch plan {
        case .bypass(let reason, let detail):
            if mustBeStored(route) { return .refuse(.notCached) }
            cacheStatus.forward = reason
            cacheStatus.detail = detail
            return (needsModel || isAllotted) && !isLonger(than: body.collectedLimit) ? .receive : .forward
        case .http: return .lookup
        case .persona: return isLonger(than: body.collectedLimit) ? passTooLong() : .receive
        }
    }

    /// `only-if-cached` (RFC 9111 §5.2.1.7): a cache that will not look for it must not ask for it either.
    private func mustBeStored(_ route: Route) -> Bool {
        route.settings.features.cache && route.settings.cache.mode == .http
            && (head.method == .get || head.method == .head) && head.fields.contains(.cacheControl)
            && CacheControl.ofRequest(head.fields).onlyIfCached
    }

    /// The body is over `max_keyed_body`: it goes on as it comes, and nothing is made of it.
    func passTooLong() -> Step {
        plan == .persona ? bypass(.bypass, detail: BypassReason.tooLarge.rawValue) : .forward
    }

    private func isLonger(than limit: Int) -> Bool {
        guard case .length(let length) = head.framing else { return false }
        return length > UInt64(limit)
    }
}
