import NIOCore
import WeirCache
import WeirHTTP
import WeirOpenAI

/// The stored form of an item's answer: that of a request for it alone.
enum ItemEntry {
    static func make(
        _ key: CacheKey,
        _ body: ByteBuffer,
        head: ResponseHead,
        note: AnswerNote?,
        order: ItemOrder,
        worker: Worker
    ) -> StoredResponse {
        let policy = order.policy
        let tags = Array((policy.tags + policy.askedTags).prefix(order.caller.generation.settings.cache.maxTags))
        return make(
            key,
            body,
            head: head,
            note: note,
            policy: policy,
            tags: tags,
            path: order.path,
            route: order.caller.route,
            generation: order.caller.generation,
            worker: worker
        )
    }

    static func make(
        _ key: CacheKey,
        _ body: ByteBuffer,
        head: ResponseHead,
        note: AnswerNote?,
        policy: AnswerPolicy,
        tags: [String],
        path: String,
        route: Route,
        generation: Generation,
        worker: Worker
    ) -> StoredResponse {
        guard case .persona(let persona) = policy.mode else {
            preconditionFailure("Cannot make an item's entry by the rules of other answers")
        }
        let recording = Recording(
            head: head,
            freshness: persona.freshness,
            selection: .none,
            limit: .max,
            answer: AnswerRecorder(persona, response: head)
        )
        let builder = StoredResponseBuilder(
            worker: worker,
            features: route.settings.features,
            compression: generation.settings.compression
        )
        return builder.build(
            key: key,
            recording,
            body: body,
            note: note,
            tags: tags,
            path: path,
            since: worker.now()
        )
    }
}
