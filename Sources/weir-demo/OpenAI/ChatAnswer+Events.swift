extension ChatAnswer {
    /// The answer as server-sent events, `[DONE]` last.
    ///
    /// - Parameter includeUsage: adds the chunk with the usage, and `"usage": null` to the others.
    func events(includeUsage: Bool) -> [String] {
        var events: [String] = []
        for (index, choice) in choices.enumerated() {
            for delta in Self.deltas(choice) {
                events.append(chunk(index, delta, finishReason: .null, includeUsage))
            }
            events.append(chunk(index, [:], finishReason: .string(choice.finishReason), includeUsage))
        }
        if includeUsage { events.append(Self.event(envelope(choices: [], [("usage", usage)]))) }
        events.append("data: [DONE]\n\n")
        return events
    }

    /// An error after the status has been sent.
    static let errorEvent = event(ModelFault.error(status: 500).json)

    private static func event(_ json: JSONValue) -> String { "data: \(json.text)\n\n" }

    private static func deltas(_ choice: Choice) -> [JSONValue] {
        guard let call = choice.toolCall else {
            let first: JSONValue = ["role": "assistant", "content": "", "refusal": .null]
            return [first] + choice.tokens.map { ["content": .string($0)] }
        }
        guard case .object(let members) = toolCall(call) else { return [] }
        return [
            [
                "role": "assistant", "content": .null,
                "tool_calls": .array([.object([("index", 0)] + members)]),
            ]
        ]
    }

    private func chunk(_ index: Int, _ delta: JSONValue, finishReason: JSONValue, _ includeUsage: Bool) -> String {
        let choice: JSONValue = [
            "index": .integer(index), "delta": delta, "logprobs": .null, "finish_reason": finishReason,
        ]
        return Self.event(envelope(choices: [choice], includeUsage ? [("usage", .null)] : []))
    }

    private func envelope(choices: [JSONValue], _ more: [(String, JSONValue)]) -> JSONValue {
        .object(
            [
                ("id", .string(id)),
                ("object", "chat.completion.chunk"),
                ("created", .integer(created)),
                ("model", .string(model)),
                ("service_tier", "default"),
                ("system_fingerprint", "fp_weirdemo"),
                ("choices", .array(choices)),
            ] + more
        )
    }
}
