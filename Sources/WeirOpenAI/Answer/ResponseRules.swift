/// What the `response` object of the Responses API says about storing it.
enum ResponseRules {
    static func verdict(_ document: JSONDocument, _ response: Int, allowedFinishReasons: [String]) -> AnswerVerdict {
        guard document.kind(response) == .object else { return .refused(.malformed) }
        if document.value("error", of: response) != nil { return .refused(.errorEvent) }
        guard let status = document.string("status", of: response) else { return .refused(.malformed) }
        guard status == "completed" else { return .refused(.finishReason) }
        guard let output = document.value("output", of: response), document.kind(output) == .array else {
            return .refused(.malformed)
        }
        for item in document.elements(output) {
            switch document.string("type", of: item) {
            case "message":
                if declines(document, item) { return .refused(.refusal) }
            case "reasoning":
                break
            case "function_call", "custom_tool_call":
                if !ChoiceRules.allowsToolCalls(allowedFinishReasons) { return .refused(.toolCalls) }
            case .some:
                // The provider's own tools, which read the outside world.
                return .refused(.toolCalls)
            case nil:
                return .refused(.malformed)
            }
        }
        return .storable
    }

    private static func declines(_ document: JSONDocument, _ message: Int) -> Bool {
        guard let content = document.value("content", of: message) else { return false }
        return document.elements(content).contains { document.string("type", of: $0) == "refusal" }
    }
}
