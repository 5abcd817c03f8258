extension ResponseAnswer {
    /// The answer as named server-sent events, `response.completed` or `response.incomplete` last.
    func events() -> [String] {
        var events: [(String, [(String, JSONValue)])] = [
            ("response.created", [("response", json(inProgress: true))]),
            ("response.in_progress", [("response", json(inProgress: true))]),
            ("response.output_item.added", [("output_index", 0), ("item", item(done: false))]),
        ]
        events += toolCall.map(argumentEvents) ?? textEvents()
        events.append(("response.output_item.done", [("output_index", 0), ("item", item(done: true))]))
        events.append(("response.\(status)", [("response", json())]))
        return events.enumerated().map { number, event in Self.event(event.0, number, event.1) }
    }

    /// An error after the status has been sent.
    static let errorEvent = event(
        "error",
        99,
        [("code", "server_error"), ("message", "The server had an error."), ("param", .null)]
    )

    private func textEvents() -> [(String, [(String, JSONValue)])] {
        let place: [(String, JSONValue)] = [
            ("item_id", .string("msg_\(id)")), ("output_index", 0), ("content_index", 0),
        ]
        let text = tokens.joined()
        var events = [("response.content_part.added", place + [("part", part(text: ""))])]
        events += tokens.map { token in
            ("response.output_text.delta", place + [("delta", .string(token)), ("logprobs", [])])
        }
        events.append(("response.output_text.done", place + [("text", .string(text)), ("logprobs", [])]))
        events.append(("response.content_part.done", place + [("part", part(text: text))]))
        return events
    }

    private func argumentEvents(_ call: ToolCall) -> [(String, [(String, JSONValue)])] {
        let place: [(String, JSONValue)] = [("item_id", .string("fc_\(id)")), ("output_index", 0)]
        return [
            ("response.function_call_arguments.delta", place + [("delta", .string(call.arguments))]),
            ("response.function_call_arguments.done", place + [("arguments", .string(call.arguments))]),
        ]
    }

    private static func event(_ name: String, _ number: Int, _ members: [(String, JSONValue)]) -> String {
        let json = JSONValue.object([("type", .string(name)), ("sequence_number", .integer(number))] + members)
        return "event: \(name)\ndata: \(json.text)\n\n"
    }
}
