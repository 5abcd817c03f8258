/// One answer of `/v1/chat/completions`, written whole or as chunks.
struct ChatAnswer {
    struct Choice {
        let tokens: [String]
        let toolCall: ToolCall?
        let finishReason: String
    }

    /// Of the prompt's, those that the API has had in its own cache.
    var cachedTokens = 0
    let id: String
    let created: Int
    let model: String
    let choices: [Choice]
    let promptTokens: Int
    /// What the request has of it, where it asks for the answer to be stored; nil otherwise.
    let metadata: JSONValue?

    /// - Throws: `APIError` where `messages` or `model` is missing.
    init(_ request: JSONValue, number: Int, created: Int) throws {
        guard let model = request["model"]?.string else {
            throw APIError.invalid("you must provide a model parameter")
        }
        guard let messages = request["messages"]?.array, !messages.isEmpty else {
            throw APIError.invalid("Missing required parameter: 'messages'.", param: "messages")
        }
        let (last, all) = Prompt.texts(messages: messages)
        let author = Author(prompt: last)
        let limit = request["max_completion_tokens"]?.integer ?? request["max_tokens"]?.integer
        self.id = "chatcmpl-demo\(number)"
        self.created = created
        self.model = model
        self.promptTokens = Author.count(all)
        metadata = request["store"]?.bool == true ? request["metadata"] ?? [:] : nil
        let toolCall = ToolCall(request, prompt: last)
        choices = (0..<max(request["n"]?.integer ?? 1, 1)).map { index in
            if let toolCall { return Choice(tokens: [], toolCall: toolCall, finishReason: "tool_calls") }
            let (tokens, isCut) = author.answer(choice: index, limit: limit, to: request)
            return Choice(tokens: tokens, toolCall: nil, finishReason: isCut ? "length" : "stop")
        }
    }

    var usage: JSONValue {
        let completion = choices.reduce(0) { $0 + max($1.tokens.count, $1.toolCall == nil ? 0 : 10) }
        return [
            "prompt_tokens": .integer(promptTokens),
            "completion_tokens": .integer(completion),
            "total_tokens": .integer(promptTokens + completion),
            "prompt_tokens_details": ["cached_tokens": .integer(cachedTokens), "audio_tokens": 0],
            "completion_tokens_details": [
                "reasoning_tokens": 0, "audio_tokens": 0, "accepted_prediction_tokens": 0,
                "rejected_prediction_tokens": 0,
            ],
        ]
    }

    var json: JSONValue {
        guard case .object(let members) = answer, let metadata else { return answer }
        return .object(members + [("metadata", metadata)])
    }

    private var answer: JSONValue {
        [
            "id": .string(id),
            "object": "chat.completion",
            "created": .integer(created),
            "model": .string(model),
            "choices": .array(
                choices.enumerated().map { index, choice in
                    [
                        "index": .integer(index),
                        "message": Self.message(choice),
                        "logprobs": .null,
                        "finish_reason": .string(choice.finishReason),
                    ]
                }
            ),
            "usage": usage,
            "service_tier": "default",
            "system_fingerprint": "fp_weirdemo",
        ]
    }

    private static func message(_ choice: Choice) -> JSONValue {
        var members: [(String, JSONValue)] = [
            ("role", "assistant"),
            ("content", choice.toolCall == nil ? .string(choice.tokens.joined()) : .null),
            ("refusal", .null),
        ]
        if let call = choice.toolCall { members.append(("tool_calls", .array([toolCall(call)]))) }
        members.append(("annotations", []))
        return .object(members)
    }

    static func toolCall(_ call: ToolCall) -> JSONValue {
        [
            "id": .string("call_demo_\(call.name)"),
            "type": "function",
            "function": ["name": .string(call.name), "arguments": .string(call.arguments)],
        ]
    }
}
