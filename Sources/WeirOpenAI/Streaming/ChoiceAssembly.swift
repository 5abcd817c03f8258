import NIOCore

/// One choice of a stream on its way to a body. Texts are joined as they stand between their quotes, escapes and all.
struct ChoiceAssembly {
    private let isChat: Bool
    private var role: ByteBuffer?
    /// Of a chat's message its `content`, of a completion its `text`; nil while it was null.
    private var text: ByteBuffer?
    private var refusal: ByteBuffer?
    private var toolCalls = ToolCallAssembly()
    private var finishReason: ByteBuffer?
    private var hasLogprobs = false
    /// The members of `logprobs`, each a list; a nil one was never anything but null.
    private var logprobs: [(name: String, elements: ByteBuffer?)] = []

    private static let logprobsNames = [
        "content", "refusal", "tokens", "token_logprobs", "top_logprobs", "text_offset",
    ]

    init(isChat: Bool) { self.isChat = isChat }

    /// - Returns: false when it holds something that has no place in the body.
    mutating func add(_ choice: Int, _ chunk: JSONDocument) -> Bool {
        for member in chunk.members(choice) where !chunk.isNull(member.value) {
            let isTaken =
                switch chunk.string(member.name) {
                case "index": true
                case "finish_reason": end(member.value, chunk)
                case "logprobs": add(logprobs: member.value, chunk)
                case "delta" where isChat: add(delta: member.value, chunk)
                case "text" where !isChat: Self.append(&text, member.value, chunk)
                default: false
                }
            guard isTaken else { return false }
        }
        return true
    }

    /// - Returns: false when it has not ended, or something of a tool call is missing.
    func write(index: Int, into output: inout ByteBuffer) -> Bool {
        guard let finishReason else { return false }
        if isChat {
            output.writeString("{\"index\":\(index),\"message\":{\"role\":")
            output.writeImmutableBuffer(role ?? ByteBuffer(staticString: "\"assistant\""))
            output.writeStaticString(",\"content\":")
            Self.write(text, into: &output)
            output.writeStaticString(",\"refusal\":")
            Self.write(refusal, into: &output)
            if !toolCalls.isEmpty {
                output.writeStaticString(",\"tool_calls\":")
                guard toolCalls.write(into: &output) else { return false }
            }
            output.writeStaticString("},\"logprobs\":")
        } else {
            guard let text else { return false }
            output.writeStaticString("{\"text\":")
            Self.write(text, into: &output)
            output.writeString(",\"index\":\(index),\"logprobs\":")
        }
        writeLogprobs(into: &output)
        output.writeStaticString(",\"finish_reason\":")
        output.writeImmutableBuffer(finishReason)
        output.writeStaticString("}")
        return true
    }

    private mutating func add(delta: Int, _ chunk: JSONDocument) -> Bool {
        for member in chunk.members(delta) where !chunk.isNull(member.value) {
            let isTaken =
                switch chunk.string(member.name) {
                case "role": keep(role: member.value, chunk)
                case "content": Self.append(&text, member.value, chunk)
                case "refusal": Self.append(&refusal, member.value, chunk)
                case "tool_calls": toolCalls.add(member.value, chunk)
                default: false
                }
            guard isTaken else { return false }
        }
        return true
    }

    private mutating func keep(role value: Int, _ chunk: JSONDocument) -> Bool {
        let written = chunk.slice(value)
        if let role { return role == written }
        role = written
        return true
    }

    private mutating func end(_ reason: Int, _ chunk: JSONDocument) -> Bool {
        guard finishReason == nil, chunk.kind(reason) == .string else { return false }
        finishReason = chunk.slice(reason)
        return true
    }

    private static func append(_ text: inout ByteBuffer?, _ value: Int, _ chunk: JSONDocument) -> Bool {
        guard chunk.kind(value) == .string else { return false }
        var joined = text ?? ByteBuffer()
        text = nil
        joined.writeImmutableBuffer(chunk.slice(chunk.textRange(value)))
        text = joined
        return true
    }

    private mutating func add(logprobs value: Int, _ chunk: JSONDocument) -> Bool {
        guard chunk.kind(value) == .object else { return false }
        hasLogprobs = true
        for member in chunk.members(value) {
            guard let name = chunk.string(member.name), Self.logprobsNames.contains(name) else { return false }
            let place = logprobs.firstIndex { $0.name == name } ?? logprobs.count
            if place == logprobs.count { logprobs.append((name, nil)) }
            if chunk.isNull(member.value) { continue }
            guard chunk.kind(member.value) == .array else { return false }
            var joined = logprobs[place].elements ?? ByteBuffer()
            if !chunk.isEmpty(member.value) {
                if joined.readableBytes > 0 { joined.writeStaticString(",") }
                let range = chunk.range(member.value)
                joined.writeImmutableBuffer(chunk.slice(range.lowerBound + 1..<range.upperBound - 1))
            }
            logprobs[place].elements = joined
        }
        return true
    }

    private func writeLogprobs(into output: inout ByteBuffer) {
        guard hasLogprobs else {
            output.writeStaticString("null")
            return
        }
        output.writeStaticString("{")
        for (place, list) in logprobs.enumerated() {
            output.writeStaticString(place > 0 ? ",\"" : "\"")
            output.writeString(list.name)
            output.writeStaticString("\":")
            if let elements = list.elements {
                output.writeStaticString("[")
                output.writeImmutableBuffer(elements)
                output.writeStaticString("]")
            } else {
                output.writeStaticString("null")
            }
        }
        output.writeStaticString("}")
    }

    private static func write(_ text: ByteBuffer?, into output: inout ByteBuffer) {
        guard let text else {
            output.writeStaticString("null")
            return
        }
        output.writeStaticString("\"")
        output.writeImmutableBuffer(text)
        output.writeStaticString("\"")
    }
}
