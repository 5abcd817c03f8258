import NIOCore
import WeirOpenAI
import WeirUpstream

/// Where a route's calls may go when its upstream fails, and how they are put there. It needs nothing of the exchange any
/// more.
struct FallbackPlan {
    let settings: FallbackSettings
    let upstream: Upstream
    let service: Service
    let fields: ForwardedFields
    let purpose: ForwardedFields.Purpose
    let target: ByteBuffer
    let timeouts: UpstreamTimeouts

    /// - Returns: nil where the request cannot go there.
    func fallback(for request: UpstreamRequest) -> Fallback? {
        // What the protocol's own fields say (a subprotocol may be a token) is meant for the first host.
        guard request.upgrade == nil else { return nil }
        var model: (member: ModelMember, name: String, body: ByteBuffer)?
        if !settings.models.isEmpty {
            guard case .whole(let body) = request.body, let member = ModelMember.find(in: body),
                let name = settings.models[member.name]
            else { return nil }
            model = (member, name, body)
        }
        return Fallback(upstream: upstream, service: service) { [self, model] in
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
