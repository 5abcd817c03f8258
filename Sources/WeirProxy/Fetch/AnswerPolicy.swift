import NIOCore
import WeirCache
import WeirHTTP
import WeirOpenAI

/// By which rules a fetched answer is stored.
struct AnswerPolicy {
    enum Mode {
        /// The response says (RFC 9111); the route fills in.
        case http(StorePolicy)
        /// The route says, whatever the provider's `Cache-Control`.
        case persona(PersonaPolicy)
    }

    struct PersonaPolicy {
        var endpoint: APIEndpoint
        var freshness: Freshness
        var finishReasons: [String]
        /// What the answer may repeat of the request that it is asked for with.
        var echoed = EchoedMembers()
    }

    var mode: Mode
    var coding: CodingRequest
    /// The route's and, of an AI answer, ``ownTags(_:)``: what purges rely on.
    var tags: [String]
    /// ``HTTPKey/urlTag``.
    var urlTag: String?
    /// The client's (`X-Weir-Tags`). They come last: they must not push out, over the bound of an entry, what purges
    /// rely on.
    var askedTags: [String]
    /// An answer that can be stored is fetched to its end although everybody has left.
    var finishesUnread: Bool
    /// When an answer's pieces come is kept with it.
    var keepsTimes = false

    static func make(
        route: Route,
        head: RequestHead,
        aiRequest: AIRequest?,
        endpoint: APIEndpoint
    ) -> AnswerPolicy {
        let cache = route.settings.cache
        let tags =
            cache.tags.isEmpty
            ? []
            : route.tags.map { [captures = route.pattern.captures(head.path)] in
                $0.fill(captures)
            }
        let asked = head.fields.listMembers(.xWeirTags).map { String(decoding: $0, as: UTF8.self) }
        guard let aiRequest else {
            let policy = StorePolicy(
                defaultLifetime: cache.ttl?.wholeSeconds,
                staleWhileRevalidate: cache.staleWhileRevalidate?.wholeSeconds,
                staleIfError: cache.staleIfError?.wholeSeconds,
                heuristicShare: cache.heuristic,
                negativeLifetimes: cache.negative.mapValues(\.wholeSeconds)
            )
            return AnswerPolicy(
                mode: .http(policy),
                coding: route.settings.features.gzip ? .gzip : .clients,
                tags: tags,
                askedTags: asked,
                // Who asks conditionally may be told 304 at the head; the rest is for the store.
                finishesUnread: head.fields.contains(.ifNoneMatch) || head.fields.contains(.ifModifiedSince)
            )
        }
        let persona = PersonaPolicy(
            endpoint: endpoint,
            freshness: Freshness(
                lifetime: AnswerLifetime.seconds(cache: cache, persona: aiRequest.persona, fields: head.fields),
                staleWhileRevalidate: cache.staleWhileRevalidate?.wholeSeconds ?? 0,
                staleIfError: cache.staleIfError?.wholeSeconds ?? AnswerLifetime.defaultStaleIfError
            ),
            finishReasons: cache.storedFinishReasons,
            echoed: aiRequest.echoed
        )
        return AnswerPolicy(
            mode: .persona(persona),
            coding: .identity,
            tags: tags + ownTags(aiRequest),
            askedTags: asked,
            finishesUnread: cache.finish == .paid,
            keepsTimes: cache.replay == .recorded
        )
    }

    /// What an AI answer is about, who caused it, and for whom it is.
    static func ownTags(_ request: AIRequest) -> [String] {
        request.context.tags + (request.user.map { ["user:\($0)"] } ?? []) + request.persona.tags
    }

    /// Whether a response may be stored, and for which requests.
    func judge(
        _ response: ResponseHead,
        method: RequestMethod,
        request: FieldSection,
        by policy: StorePolicy,
        receivedAt: UnixTime
    ) -> (StoreDecision, VarySelection?) {
        let decision = StoreDecision.decide(
            method: method,
            request: request,
            response: response,
            receivedAt: receivedAt,
            policy: policy
        )
        let ignored: FieldNameSet = coding == .clients ? [] : [.acceptEncoding]
        let selection = VarySelection.make(
            response: response.fields,
            request: request,
            ignoring: ignored,
            withholding: ForwardedFields.own
        )
        return (decision, selection)
    }

}

extension TimeAmount {
    var wholeSeconds: Int64 { nanoseconds / 1_000_000_000 }
}
