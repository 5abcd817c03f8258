import NIOCore
import WeirCache
import WeirHTTP
import WeirOpenAI

extension Exchange {
    func identify() -> Step {
        guard let route else { preconditionFailure("Cannot identify a request that has no route") }
        if let thrift = route.economy?.apply(to: body.collected, endpoint: endpoint) {
            body.replaceCollected(by: thrift.body)
            worker.metrics.routes[route.slot].promptTokensSaved += UInt64(thrift.savedTokens)
        }
        let request = AIRequest.read(
            body.collected,
            endpoint: endpoint,
            fields: head.fields,
            settings: route.persona,
            claims: claims
        )
        aiRequest = request
        guard plan == .persona else { return .forward }
        if let reason = request.bypass { return bypass(.bypass, detail: reason.rawValue) }
        if route.settings.cache.scope == .user, request.user == nil { return bypass(.bypass, detail: "no-user") }
        // What were cut off, a purge would miss.
        if route.tags.count + AnswerPolicy.ownTags(request).count > generation.settings.cache.maxTags {
            return bypass(.bypass, detail: "too-many-tags")
        }
        guard let canonical = request.canonical else { return .gather }
        key = PersonaKey(head: head, route: route, builder: worker.keyBuilder).make(request, canonical: canonical)
        // What may go with others' items is gathered, even if it is one.
        return request.items == nil || route.batch == nil ? .lookup : .gather
    }

    func bypass(_ reason: CacheStatus.Forward, detail: String) -> Step {
        plan = .bypass(reason, detail: detail)
        cacheStatus.forward = reason
        cacheStatus.detail = detail
        return .forward
    }
}
