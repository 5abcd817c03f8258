/// A value that fits a JSON schema: the first of an `enum`, every property of an object, one item of an array, the text for
/// a string.
struct SchemaExample {
    private static let deepest = 16

    let root: JSONValue
    let told: String

    var value: JSONValue { make(root, depth: 0) }

    private func make(_ schema: JSONValue, depth: Int) -> JSONValue {
        if let name = schema["$ref"]?.string {
            return depth < Self.deepest ? make(definition(name), depth: depth + 1) : .null
        }
        if let value = schema["const"] ?? schema["enum"]?.array?.first ?? schema["default"] { return value }
        if let choices = schema["anyOf"]?.array ?? schema["oneOf"]?.array ?? schema["allOf"]?.array,
            let first = choices.first
        {
            return make(first, depth: depth + 1)
        }
        switch schema["type"]?.string ?? schema["type"]?.array?.first?.string {
        case "object":
            guard case .object(let properties) = schema["properties"], depth < Self.deepest else { return [:] }
            return .object(properties.map { ($0.0, make($0.1, depth: depth + 1)) })
        case "array":
            guard depth < Self.deepest, let items = schema["items"] else { return [] }
            let count = max(schema["minItems"]?.integer ?? 1, 1)
            return .array((0..<min(count, 100)).map { _ in make(items, depth: depth + 1) })
        case "integer": return .integer(schema["minimum"]?.integer ?? 7)
        case "number": return .double(Double(schema["minimum"]?.integer ?? 7) + 0.5)
        case "boolean": return true
        case "null": return .null
        default: return .string(told)
        }
    }

    /// `#/$defs/Step` and the like.
    private func definition(_ name: String) -> JSONValue {
        name.split(separator: "/").dropFirst().reduce(root) { $0[String($1)] ?? [:] }
    }
}
