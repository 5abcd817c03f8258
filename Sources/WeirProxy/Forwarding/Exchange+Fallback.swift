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
        guard let route, let settings = route.settings.fallback, let upstream = route.fallback else { return nil }
        // What the protocol's own fields say (a subprotocol may be a token) is meant for the first host.
        guard request.upgrade == nil else { return nil }
        var model: (member: ModelMember, name: String, body: ByteBuffer)?
        if !settings.models.isEmpty {
            guard case .whole(let body) = request.body, let member = ModelMember.find(in: body),
                let name = settings.models[member.name]
            else { return nil }
            model = (member, name, body)
        }
        var fields = forwardedFields(route)
        fields.isFallback = true
        let target = UpstreamTarget.make(head, upstream: upstream.settings.url)
        let timeouts = route.settings.timeouts ?? upstream.settings.timeouts
        return Fallback(upstream: upstream, service: route.service(of: endpoint)) { [fields, model] in
            var other = request
            other.target = target
            other.fields = fields.make(for: purpose)
            other.timeouts = timeouts
            if let model {
                other.body = .whole(model.member.renamed(model.name, in: model.body))
                other.load?.label = model.name
            }
            return other
        }
    }
}
