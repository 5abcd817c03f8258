/// One answer of `/v1/completions`, written whole or as chunks.
struct CompletionAnswer {
    let id: String
    let created: Int
    let model: String
    let choices: [(tokens: [String], finishReason: String)]
    let promptTokens: Int

    /// - Throws: `APIError` where `model` or `prompt` is missing.
    init(_ request: JSONValue, number: Int, created: Int) throws {
        guard let model = request["model"]?.string else {
            throw APIError.invalid("you must provide a model parameter")
        }
        let prompts = request["prompt"]?.string.map { [$0] } ?? request["prompt"]?.array?.compactMap(\.string) ?? []
        guard !prompts.isEmpty else {
            throw APIError.invalid("Missing required parameter: 'prompt'.", param: "prompt")
        }
        self.id = "cmpl-demo\(number)"
        self.created = created
        self.model = model
        self.promptTokens = prompts.reduce(0) { $0 + Author.count($1) }
        // The API's own default.
        let limit = request["max_tokens"]?.integer ?? 16
        choices = prompts.flatMap { prompt in
            (0..<max(request["n"]?.integer ?? 1, 1)).map { index in
                let (tokens, isCut) = Author(prompt: prompt).answer(choice: index, limit: limit)
                return (tokens, isCut ? "length" : "stop")
            }
        }
    }

    var json: JSONValue {
        let choices = choices.enumerated().map { index, choice in
            Self.choice(index, choice.tokens.joined(), finishReason: .string(choice.finishReason))
        }
        return envelope(choices, [("usage", usage)])
    }

    /// The answer as server-sent events, `[DONE]` last.
    func events(includeUsage: Bool) -> [String] {
        let more: [(String, JSONValue)] = includeUsage ? [("usage", .null)] : []
        var chunks: [JSONValue] = []
        for (index, choice) in choices.enumerated() {
            for token in choice.tokens {
                chunks.append(envelope([Self.choice(index, token, finishReason: .null)], more))
            }
            chunks.append(envelope([Self.choice(index, "", finishReason: .string(choice.finishReason))], more))
        }
        if includeUsage { chunks.append(envelope([], [("usage", usage)])) }
        return chunks.map { "data: \($0.text)\n\n" } + ["data: [DONE]\n\n"]
    }

    private var usage: JSONValue {
        let completion = choices.reduce(0) { $0 + $1.tokens.count }
        return [
            "prompt_tokens": .integer(promptTokens),
            "completion_tokens": .integer(completion),
            "total_tokens": .integer(promptTokens + completion),
        ]
    }

    private static func choice(_ index: Int, _ text: String, finishReason: JSONValue) -> JSONValue {
        ["text": .string(text), "index": .integer(index), "logprobs": .null, "finish_reason": finishReason]
    }

    private func envelope(_ choices: [JSONValue], _ more: [(String, JSONValue)]) -> JSONValue {
        .object(
            [
                ("id", .string(id)),
                ("object", "text_completion"),
                ("created", .integer(created)),
                ("model", .string(model)),
                ("choices", .array(choices)),
            ] + more
        )
    }
}
