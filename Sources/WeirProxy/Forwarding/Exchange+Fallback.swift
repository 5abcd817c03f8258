import NIOCore
import WeirHTTP
import WeirOpenAI
import WeirUpstream

extension Exchange {
    /// Whether the request's body is read whole before anything is sent, because the model that it names decides about
    /// the route's fallback.
    var needsModel: Bool {
        guard let fallback = route?.settings.fallback, !fallback.models.isEmpty, head.framing != .none else {
            return false
        }
        guard let type = head.fields.first(.contentType) else { return false }
        return ASCII.equalIgnoringCase(type.prefix { $0 != ASCII.semicolon && !ASCII.isBlank($0) }, "application/json")
    }

    /// Where this call may go when the route's upstream fails; nil where that is nowhere.
    /// - Parameters:
    ///   - request: as the route's upstream sees it.
    ///   - purpose: what it is for, without the validators of anything that is stored: another upstream's answer confirms
    ///     nothing.
    func fallback(for request: UpstreamRequest, _ purpose: ForwardedFields.Purpose) -> Fallback? {
        fallbackPlan(purpose)?.fallback(for: request)
    }

    /// The same for a request that is not written yet, and may be sent when this one is over.
    func fallbackPlan(_ purpose: ForwardedFields.Purpose) -> FallbackPlan? {
        guard let route, let settings = route.settings.fallback, let upstream = route.fallback else { return nil }
        var fields = forwardedFields(route)
        fields.isFallback = true
        return FallbackPlan(
            settings: settings,
            upstream: upstream,
            service: route.service(of: endpoint),
            fields: fields,
            purpose: purpose,
            target: UpstreamTarget.make(head, upstream: upstream.settings.url),
            timeouts: route.settings.timeouts ?? upstream.settings.timeouts
        )
    }
}
