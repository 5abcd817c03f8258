import NIOCore

/// Plays a chat completion or a completion as chunks: for every choice the role, the text in pieces, the finish
/// reason; then the usage for those who asked, and `[DONE]`.
struct ChunkReplay {
    private let document: JSONDocument
    private let isChat: Bool
    private let includeUsage: Bool
    private var output: ByteBuffer
    /// What every chunk begins with, up to its choices.
    private var beginning = ByteBuffer()

    init(_ document: JSONDocument, isChat: Bool, includeUsage: Bool) {
        self.document = document
        self.isChat = isChat
        self.includeUsage = includeUsage
        output = ByteBufferAllocator().buffer(capacity: document.bytes.readableBytes * 4 + 1024)
    }

    mutating func stream() -> ByteBuffer? {
        guard readBeginning(), let choices = document.value("choices", of: JSONDocument.root),
            document.kind(choices) == .array, !document.isEmpty(choices)
        else { return nil }
        for choice in document.elements(choices) {
            guard isChat ? writeChat(choice) : writeCompletion(choice) else { return nil }
        }
        if includeUsage {
            guard let usage = document.value("usage", of: JSONDocument.root) else { return nil }
            output.writeImmutableBuffer(beginning)
            output.writeStaticString("],\"usage\":")
            output.writeImmutableBuffer(document.slice(usage))
            output.writeStaticString("}\n\n")
        }
        output.writeStaticString("data: [DONE]\n\n")
        return output
    }

    private mutating func readBeginning() -> Bool {
        beginning.writeStaticString("data: {\"object\":")
        beginning.writeStaticString(isChat ? "\"chat.completion.chunk\"" : "\"text_completion\"")
        for member in document.members(JSONDocument.root) where !document.isNull(member.value) {
            switch document.string(member.name) {
            case "id", "created", "model", "service_tier", "system_fingerprint":
                beginning.writeStaticString(",")
                beginning.writeImmutableBuffer(document.slice(member.name))
                beginning.writeStaticString(":")
                beginning.writeImmutableBuffer(document.slice(member.value))
            case "object", "choices", "usage":
                break
            default:
                return false
            }
        }
        beginning.writeStaticString(",\"choices\":[")
        return true
    }

    // MARK: Chat

    private mutating func writeChat(_ choice: Int) -> Bool {
        guard let index = document.integer("index", of: choice), document.string("finish_reason", of: choice) != nil,
            let message = document.value("message", of: choice), document.kind(message) == .object,
            holdsOnly(["index", "message", "logprobs", "finish_reason"], choice),
            holdsOnly(["role", "content", "refusal", "annotations", "tool_calls"], message),
            isEmptyOrMissing("annotations", message),
            isStringOrMissing("content", message), isStringOrMissing("refusal", message)
        else { return false }
        let role = document.value("role", of: message).map(document.slice)
        let content = document.value("content", of: message)
        writeChunk(index, logprobs: nil, finish: nil) { output in
            output.writeStaticString("\"delta\":{\"role\":")
            output.writeImmutableBuffer(role ?? ByteBuffer(staticString: "\"assistant\""))
            output.writeStaticString(",\"content\":")
            output.writeStaticString(content == nil ? "null" : "\"\"")
            output.writeStaticString(",\"refusal\":null}")
        }
        let logprobs = document.value("logprobs", of: choice)
        writePieces(index, content, logprobs: logprobs, opening: "\"delta\":{\"content\":\"", closing: "\"}")
        writePieces(
            index,
            document.value("refusal", of: message),
            logprobs: nil,
            opening: "\"delta\":{\"refusal\":\"",
            closing: "\"}"
        )
        guard writeToolCalls(index, of: message) else { return false }
        writeChunk(index, logprobs: nil, finish: document.value("finish_reason", of: choice)) { output in
            output.writeStaticString("\"delta\":{}")
        }
        return true
    }

    /// Each function's name first, then its arguments in pieces. Streams know no other tools.
    private mutating func writeToolCalls(_ index: Int, of message: Int) -> Bool {
        let document = document
        guard let calls = document.value("tool_calls", of: message) else { return true }
        guard document.kind(calls) == .array else { return false }
        for (place, call) in document.elements(calls).enumerated() {
            guard let id = document.value("id", of: call), document.kind(id) == .string,
                document.string("type", of: call) == "function", holdsOnly(["id", "type", "function"], call),
                let function = document.value("function", of: call), holdsOnly(["name", "arguments"], function),
                let name = document.value("name", of: function), document.kind(name) == .string,
                let arguments = document.value("arguments", of: function), document.kind(arguments) == .string
            else { return false }
            writeChunk(index, logprobs: nil, finish: nil) { output in
                output.writeString("\"delta\":{\"tool_calls\":[{\"index\":\(place),\"id\":")
                output.writeImmutableBuffer(document.slice(id))
                output.writeStaticString(",\"type\":\"function\",\"function\":{\"name\":")
                output.writeImmutableBuffer(document.slice(name))
                output.writeStaticString(",\"arguments\":\"\"}}]}")
            }
            for piece in TextPieces(document, arguments) {
                writeChunk(index, logprobs: nil, finish: nil) { output in
                    output.writeString("\"delta\":{\"tool_calls\":[{\"index\":\(place),\"function\":{\"arguments\":\"")
                    output.writeImmutableBuffer(document.slice(piece))
                    output.writeStaticString("\"}}]}")
                }
            }
        }
        return true
    }

    // MARK: Completions

    private mutating func writeCompletion(_ choice: Int) -> Bool {
        guard let index = document.integer("index", of: choice), document.string("finish_reason", of: choice) != nil,
            holdsOnly(["index", "text", "logprobs", "finish_reason"], choice),
            let text = document.value("text", of: choice), document.kind(text) == .string
        else { return false }
        let logprobs = document.value("logprobs", of: choice)
        writePieces(index, text, logprobs: logprobs, opening: "\"text\":\"", closing: "\"")
        writeChunk(index, logprobs: nil, finish: document.value("finish_reason", of: choice)) { output in
            output.writeStaticString("\"text\":\"\"")
        }
        return true
    }

    // MARK: Chunks

    /// Log probabilities belong to tokens, which pieces are not: with them the text comes in one chunk.
    private mutating func writePieces(
        _ index: Int,
        _ text: Int?,
        logprobs: Int?,
        opening: StaticString,
        closing: StaticString
    ) {
        let document = document
        guard let text, logprobs == nil else {
            guard logprobs != nil else { return }
            let whole = text.map { document.slice(document.textRange($0)) } ?? ByteBuffer()
            writeChunk(index, logprobs: logprobs, finish: nil) { output in
                guard text != nil else {
                    output.writeStaticString("\"delta\":{}")
                    return
                }
                output.writeStaticString(opening)
                output.writeImmutableBuffer(whole)
                output.writeStaticString(closing)
            }
            return
        }
        for piece in TextPieces(document, text) {
            writeChunk(index, logprobs: nil, finish: nil) { output in
                output.writeStaticString(opening)
                output.writeImmutableBuffer(document.slice(piece))
                output.writeStaticString(closing)
            }
        }
    }

    private mutating func writeChunk(
        _ index: Int,
        logprobs: Int?,
        finish: Int?,
        _ writeText: (inout ByteBuffer) -> Void
    ) {
        output.writeImmutableBuffer(beginning)
        output.writeString("{\"index\":\(index),")
        writeText(&output)
        output.writeStaticString(",\"logprobs\":")
        output.writeImmutableBuffer(logprobs.map(document.slice) ?? ByteBuffer(staticString: "null"))
        output.writeStaticString(",\"finish_reason\":")
        output.writeImmutableBuffer(finish.map(document.slice) ?? ByteBuffer(staticString: "null"))
        output.writeStaticString(includeUsage ? "}],\"usage\":null}\n\n" : "}]}\n\n")
    }

    // MARK: Checks

    private func holdsOnly(_ names: [String], _ object: Int) -> Bool {
        document.members(object).allSatisfy { member in
            document.isNull(member.value) || names.contains { document.isNamed(member.name, $0) }
        }
    }

    private func isEmptyOrMissing(_ name: String, _ object: Int) -> Bool {
        document.value(name, of: object).map(document.isEmpty) ?? true
    }

    private func isStringOrMissing(_ name: String, _ object: Int) -> Bool {
        document.value(name, of: object).map { document.kind($0) == .string } ?? true
    }
}
