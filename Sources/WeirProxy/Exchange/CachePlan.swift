import NIOCore
import WeirHTTP
import WeirOpenAI

/// Whether a request is looked up in the cache, and by which rules.
enum CachePlan: Equatable {
    /// Past the cache; why, in the words of RFC 9211 and a detail of our own.
    case bypass(CacheStatus.Forward, detail: String?)
    case http
    case persona

    var isBypass: Bool { if case .bypass = self { true } else { false } }

    static func decide(head: RequestHead, route: RouteSettings, endpoint: @autoclosure () -> APIEndpoint) -> CachePlan {
        guard route.features.cache, route.cache.mode != .none else { return .bypass(.bypass, detail: nil) }
        if head.fields.contains(.upgrade) { return .bypass(.bypass, detail: "upgrade") }
        switch route.cache.mode {
        case .none:
            return .bypass(.bypass, detail: nil)
        case .http:
            guard head.method == .get || head.method == .head else { return .bypass(.method, detail: nil) }
            guard head.framing == .none else { return .bypass(.request, detail: "body") }
            // What the origin does with it may be no GET, and its answer none for the others.
            if RoutingFields.overrideMethod(head.fields) { return .bypass(.request, detail: "method-override") }
            // Only the origin can tell whether these hold (RFC 9110 §13.1.1, §13.1.4).
            if head.fields.contains(.ifMatch) || head.fields.contains(.ifUnmodifiedSince) {
                return .bypass(.request, detail: "precondition")
            }
            return .http
        case .persona:
            guard head.method == .post else { return .bypass(.method, detail: nil) }
            switch endpoint() {
            case .chatCompletions, .completions, .responses, .embeddings, .moderations: return .persona
            case .fineTuning, .models, .other: return .bypass(.bypass, detail: "endpoint")
            }
        }
    }
}
