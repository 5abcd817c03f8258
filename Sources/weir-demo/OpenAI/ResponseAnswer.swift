/// One answer of `/v1/responses`, written whole or as named events.
struct ResponseAnswer {
    let request: JSONValue
    /// Of the input's, those that the API has had in its own cache.
    var cachedTokens = 0
    let id: String
    let created: Int
    let model: String
    let tokens: [String]
    /// Whether `max_output_tokens` ended the answer.
    let isCut: Bool
    let toolCall: ToolCall?
    let inputTokens: Int

    /// - Throws: `APIError` where `model` or `input` is missing.
    init(_ request: JSONValue, number: Int, created: Int) throws {
        guard let model = request["model"]?.string else {
            throw APIError.invalid("Missing required parameter: 'model'.", param: "model")
        }
        guard let input = request["input"] else {
            throw APIError.invalid("Missing required parameter: 'input'.", param: "input")
        }
        let (last, all) = input.string.map { ($0, $0) } ?? Prompt.texts(messages: input.array ?? [])
        self.request = request
        self.id = "resp_demo\(number)"
        self.created = created
        self.model = model
        toolCall = ToolCall(request, prompt: last)
        (tokens, isCut) = Author(prompt: last).answer(limit: request["max_output_tokens"]?.integer, to: request)
        inputTokens = Author.count(all)
    }

    /// `completed`, or `incomplete` for an answer cut short.
    var status: String { isCut && toolCall == nil ? "incomplete" : "completed" }

    /// The item of `output`, in progress or as it ends.
    func item(done: Bool) -> JSONValue {
        if let toolCall {
            return [
                "type": "function_call",
                "id": .string("fc_\(id)"),
                "call_id": .string("call_demo_\(toolCall.name)"),
                "name": .string(toolCall.name),
                "arguments": .string(done ? toolCall.arguments : ""),
                "status": .string(done ? "completed" : "in_progress"),
            ]
        }
        return [
            "id": .string("msg_\(id)"),
            "type": "message",
            "status": .string(done ? status : "in_progress"),
            "role": "assistant",
            "content": done ? .array([part(text: tokens.joined())]) : [],
        ]
    }

    func part(text: String) -> JSONValue {
        ["type": "output_text", "text": .string(text), "annotations": [], "logprobs": []]
    }

    /// The response object; without output and usage while it is `in_progress`.
    func json(inProgress: Bool = false) -> JSONValue {
        let isIncomplete = !inProgress && status == "incomplete"
        return [
            "id": .string(id),
            "object": "response",
            "created_at": .integer(created),
            "status": .string(inProgress ? "in_progress" : status),
            "error": .null,
            "incomplete_details": isIncomplete ? ["reason": "max_output_tokens"] : .null,
            "instructions": request["instructions"] ?? .null,
            "max_output_tokens": request["max_output_tokens"] ?? .null,
            "model": .string(model),
            "output": inProgress ? [] : .array([item(done: true)]),
            "parallel_tool_calls": true,
            "previous_response_id": request["previous_response_id"] ?? .null,
            "reasoning": ["effort": .null, "summary": .null],
            "store": request["store"] ?? true,
            "temperature": request["temperature"] ?? .double(1),
            "text": request["text"] ?? ["format": ["type": "text"]],
            "tool_choice": request["tool_choice"] ?? "auto",
            "tools": request["tools"] ?? [],
            "top_p": request["top_p"] ?? .double(1),
            "truncation": "disabled",
            "usage": inProgress ? .null : usage,
            "user": request["user"] ?? .null,
            "safety_identifier": request["safety_identifier"] ?? .null,
            "prompt_cache_key": request["prompt_cache_key"] ?? .null,
            "prompt_cache_retention": request["prompt_cache_retention"] ?? .null,
            "metadata": metadata,
        ]
    }

    private var metadata: JSONValue {
        if case .object(let members) = request["metadata"] { return .object(members) }
        return [:]
    }

    private var usage: JSONValue {
        let output = toolCall == nil ? tokens.count : 10
        return [
            "input_tokens": .integer(inputTokens),
            "input_tokens_details": ["cached_tokens": .integer(cachedTokens)],
            "output_tokens": .integer(output),
            "output_tokens_details": ["reasoning_tokens": 0],
            "total_tokens": .integer(inputTokens + output),
        ]
    }
}
