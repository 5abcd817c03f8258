package import NIOCore

/// Reads an answer that was not streamed: may it be stored, what did it take.
package enum AnswerInspector {
    /// - Parameters:
    ///   - body: the whole body of a 2xx answer, without content coding.
    ///   - allowedFinishReasons: what the route stores; `stop` alone by default.
    package static func inspect(
        _ body: ByteBuffer,
        endpoint: APIEndpoint,
        allowedFinishReasons: [String]
    ) -> AnswerVerdict {
        guard endpoint.isKeyedByBody else { return .refused(.endpoint) }
        guard let document = try? JSONDocument(body), document.kind(JSONDocument.root) == .object else {
            return .refused(.malformed)
        }
        let root = JSONDocument.root
        switch endpoint {
        case .responses:
            return ResponseRules.verdict(document, root, allowedFinishReasons: allowedFinishReasons)
        case .chatCompletions, .completions:
            if document.value("error", of: root) != nil { return .refused(.errorEvent) }
            return choices(document, isChat: endpoint == .chatCompletions, allowedFinishReasons)
        case .embeddings:
            if document.value("error", of: root) != nil { return .refused(.errorEvent) }
            return items(document, in: "data", each: "embedding")
        case .moderations:
            if document.value("error", of: root) != nil { return .refused(.errorEvent) }
            return items(document, in: "results", each: "categories")
        case .fineTuning, .models, .other:
            return .refused(.endpoint)
        }
    }

    /// The answer's `usage`; nil when it has none, as moderations have not.
    package static func usage(_ body: ByteBuffer, endpoint: APIEndpoint) -> Usage? {
        guard endpoint.isKeyedByBody, let document = try? JSONDocument(body),
            let usage = document.value("usage", of: JSONDocument.root)
        else { return nil }
        return Usage(document, usage)
    }

    /// The model that answered, as the answer names it.
    package static func model(_ body: ByteBuffer) -> String? {
        guard let document = try? JSONDocument(body) else { return nil }
        return document.string("model", of: JSONDocument.root)
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

    private static func items(_ document: JSONDocument, in list: String, each member: String) -> AnswerVerdict {
        guard let list = document.value(list, of: JSONDocument.root), document.kind(list) == .array,
            !document.isEmpty(list),
            document.elements(list).allSatisfy({ document.value(member, of: $0) != nil })
        else { return .refused(.malformed) }
        return .storable
    }
}
