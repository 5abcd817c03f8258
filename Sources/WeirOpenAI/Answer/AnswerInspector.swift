package import NIOCore

/// Reads an answer that was not streamed: may it be stored, what did it take.
package enum AnswerInspector {
    /// - Parameters:
    ///   - body: the whole body of a 2xx answer, without content coding.
    ///   - allowedFinishReasons: what the route stores; `stop` alone by default.
    package static func read(
        _ body: ByteBuffer,
        endpoint: APIEndpoint,
        allowedFinishReasons: [String]
    ) -> AnswerReading {
        guard endpoint.isKeyedByBody else { return AnswerReading(verdict: .refused(.endpoint)) }
        guard let document = try? JSONDocument(body), document.kind(JSONDocument.root) == .object else {
            return AnswerReading(verdict: .refused(.malformed))
        }
        let root = JSONDocument.root
        return AnswerReading(
            verdict: verdict(document, endpoint, allowedFinishReasons),
            usage: document.value("usage", of: root).flatMap { Usage(document, $0) },
            model: document.string("model", of: root),
            repeats: EchoedMembers.stand(in: document),
            item: ItemPlace.find(in: document, endpoint: endpoint)
        )
    }

    static func verdict(
        _ document: JSONDocument,
        _ endpoint: APIEndpoint,
        _ allowed: [String]
    ) -> AnswerVerdict {
        let root = JSONDocument.root
        if endpoint == .responses { return ResponseRules.verdict(document, root, allowedFinishReasons: allowed) }
        if document.value("error", of: root) != nil { return .refused(.errorEvent) }
        return switch endpoint {
        case .chatCompletions, .completions: choices(document, isChat: endpoint == .chatCompletions, allowed)
        case .embeddings, .moderations: items(document, endpoint)
        case .responses, .fineTuning, .models, .other: .refused(.endpoint)
        }
    }

    private static func choices(_ document: JSONDocument, isChat: Bool, _ allowed: [String]) -> AnswerVerdict {
        guard let choices = document.value("choices", of: JSONDocument.root), document.kind(choices) == .array,
            !document.isEmpty(choices)
        else { return .refused(.malformed) }
        for choice in document.elements(choices) {
            guard let reason = document.string("finish_reason", of: choice) else { return .refused(.incomplete) }
            if let refusal = ChoiceRules.refusal(finishReason: reason, allowed: allowed) { return .refused(refusal) }
            guard let text = document.value(isChat ? "message" : "text", of: choice),
                document.kind(text) == (isChat ? .object : .string)
            else { return .refused(.malformed) }
            // A forced call of a function ends in `stop`.
            if ChoiceRules.callsTool(document, text), !ChoiceRules.allowsToolCalls(allowed) {
                return .refused(.toolCalls)
            }
            if ChoiceRules.declines(document, text) { return .refused(.refusal) }
        }
        return .storable
    }

    private static func items(_ document: JSONDocument, _ endpoint: APIEndpoint) -> AnswerVerdict {
        guard let name = endpoint.itemsName, let member = endpoint.itemMember,
            let list = document.value(name, of: JSONDocument.root), document.kind(list) == .array,
            !document.isEmpty(list),
            document.elements(list).allSatisfy({ document.value(member, of: $0) != nil })
        else { return .refused(.malformed) }
        return .storable
    }
}
