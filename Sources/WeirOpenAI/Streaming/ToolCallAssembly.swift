import NIOCore

/// The calls of functions in one choice of a chat's stream, on their way to a body.
struct ToolCallAssembly {
    private struct Call {
        var id: ByteBuffer?
        var type: ByteBuffer?
        var name: ByteBuffer?
        /// What stands between the quotes.
        var arguments: ByteBuffer?
    }

    private var calls: [Int: Call] = [:]

    private static let limit = 128

    var isEmpty: Bool { calls.isEmpty }

    /// - Parameter list: the `tool_calls` of a delta.
    /// - Returns: false when they hold something that has no place in the body.
    mutating func add(_ list: Int, _ chunk: JSONDocument) -> Bool {
        guard chunk.kind(list) == .array else { return false }
        for delta in chunk.elements(list) {
            guard let index = chunk.integer("index", of: delta), (0..<Self.limit).contains(index),
                Self.add(delta, to: &calls[index, default: Call()], chunk)
            else { return false }
        }
        return true
    }

    private static func add(_ delta: Int, to call: inout Call, _ chunk: JSONDocument) -> Bool {
        for member in chunk.members(delta) where !chunk.isNull(member.value) {
            let isTaken =
                switch chunk.string(member.name) {
                case "index": true
                case "id": keep(&call.id, member.value, chunk)
                case "type": chunk.isString(member.value, "function") && keep(&call.type, member.value, chunk)
                case "function": add(function: member.value, to: &call, chunk)
                default: false
                }
            guard isTaken else { return false }
        }
        return true
    }

    private static func add(function: Int, to call: inout Call, _ chunk: JSONDocument) -> Bool {
        guard chunk.kind(function) == .object else { return false }
        for member in chunk.members(function) where !chunk.isNull(member.value) {
            switch chunk.string(member.name) {
            // Clients join it as they join texts: one that comes twice is another to them.
            case "name" where call.name == nil && chunk.kind(member.value) == .string:
                call.name = chunk.slice(member.value)
            case "arguments" where chunk.kind(member.value) == .string:
                var joined = call.arguments ?? ByteBuffer()
                call.arguments = nil
                joined.writeImmutableBuffer(chunk.slice(chunk.textRange(member.value)))
                call.arguments = joined
            default: return false
            }
        }
        return true
    }

    /// What is repeated must stay the same.
    private static func keep(_ kept: inout ByteBuffer?, _ value: Int, _ chunk: JSONDocument) -> Bool {
        guard chunk.kind(value) == .string else { return false }
        let written = chunk.slice(value)
        if let kept { return kept == written }
        kept = written
        return true
    }

    /// Writes the list.
    /// - Returns: false when something of a call is missing.
    func write(into output: inout ByteBuffer) -> Bool {
        output.writeStaticString("[")
        for index in 0..<calls.count {
            guard let call = calls[index], let id = call.id, let type = call.type, let name = call.name,
                let arguments = call.arguments
            else { return false }
            output.writeStaticString(index > 0 ? ",{\"id\":" : "{\"id\":")
            output.writeImmutableBuffer(id)
            output.writeStaticString(",\"type\":")
            output.writeImmutableBuffer(type)
            output.writeStaticString(",\"function\":{\"name\":")
            output.writeImmutableBuffer(name)
            output.writeStaticString(",\"arguments\":\"")
            output.writeImmutableBuffer(arguments)
            output.writeStaticString("\"}}")
        }
        output.writeStaticString("]")
        return true
    }
}
