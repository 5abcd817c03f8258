/// The call that a request's `tools` and `tool_choice` make the stand-in answer with.
struct ToolCall {
    let name: String
    /// JSON text.
    let arguments: String

    /// nil unless `tool_choice` is `required` or names a function.
    init?(_ request: JSONValue, prompt: String) {
        guard let tools = request["tools"]?.array, !tools.isEmpty, let choice = request["tool_choice"] else {
            return nil
        }
        let named = choice["function"]?["name"]?.string ?? choice["name"]?.string
        guard choice.string == "required" || named != nil else { return nil }
        name = named ?? tools[0]["function"]?["name"]?.string ?? tools[0]["name"]?.string ?? "tool"
        arguments = JSONValue.object([("query", .string(prompt))]).text
    }
}
