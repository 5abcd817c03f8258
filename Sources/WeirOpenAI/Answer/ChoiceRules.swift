/// What a choice of a chat or completions answer says about storing it.
enum ChoiceRules {
    /// Whether a `message` or a `delta` calls a tool.
    static func callsTool(_ document: JSONDocument, _ message: Int) -> Bool {
        if document.value("function_call", of: message) != nil { return true }
        return document.value("tool_calls", of: message).map { !document.isEmpty($0) } ?? false
    }

    /// Whether a `message` or a `delta` declines.
    static func declines(_ document: JSONDocument, _ message: Int) -> Bool {
        document.value("refusal", of: message).map { !document.isString($0, "") } ?? false
    }

    /// Tool calls are stored only by a route that names them.
    static func allowsToolCalls(_ allowedFinishReasons: [String]) -> Bool {
        allowedFinishReasons.contains("tool_calls") || allowedFinishReasons.contains("function_call")
    }

    /// What a finish reason refuses; nil when the route stores such answers.
    static func refusal(finishReason: String, allowed: [String]) -> AnswerRefusal? {
        guard !allowed.contains(finishReason) else { return nil }
        return finishReason == "tool_calls" || finishReason == "function_call" ? .toolCalls : .finishReason
    }
}
