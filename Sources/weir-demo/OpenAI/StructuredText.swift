/// What a request for structured output is answered with: JSON that fits its schema, made of the answer's text.
struct StructuredText {
    /// JSON text.
    let text: String

    /// Of a chat request's `response_format` or a Responses request's `text.format`; nil where the answer is prose.
    init?(_ request: JSONValue, told: String) {
        let chat = request["response_format"]
        let format = chat ?? request["text"]?["format"]
        switch format?["type"]?.string {
        case "json_object": text = JSONValue.object([("answer", .string(told))]).text
        case "json_schema":
            guard let schema = format?["json_schema"]?["schema"] ?? format?["schema"] else { return nil }
            text = SchemaExample(root: schema, told: told).value.text
        default: return nil
        }
    }

    /// In pieces, as a stream has it.
    var tokens: [String] {
        var pieces: [String] = []
        var rest = text[...]
        while !rest.isEmpty {
            pieces.append(String(rest.prefix(8)))
            rest = rest.dropFirst(8)
        }
        return pieces
    }
}
