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
        // Of chat in `function`, of Responses in the tool itself.
        let functions = tools.map { $0["function"] ?? $0 }
        let function = functions.first { named == nil || $0["name"]?.string == named }
        name = named ?? function?["name"]?.string ?? "tool"
        let example = function?["parameters"].map { SchemaExample(root: $0, told: prompt).value }
        arguments = (example ?? .object([("query", .string(prompt))])).text
    }
}
