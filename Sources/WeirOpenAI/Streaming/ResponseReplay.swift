import NIOCore

/// Plays a `response` object of the Responses API as its named events: created, in progress, every output item as it
/// is added, filled and done, completed.
///
/// Items other than messages of plain text, calls of the client's own tools and reasoning without a summary are not played.
struct ResponseReplay {
    private let document: JSONDocument
    private var output: ByteBuffer
    private var sequenceNumber = 0

    init(_ document: JSONDocument) {
        self.document = document
        output = ByteBufferAllocator().buffer(capacity: document.bytes.readableBytes * 6 + 2048)
    }

    mutating func stream() -> ByteBuffer? {
        let root = JSONDocument.root
        guard document.string("status", of: root) == "completed",
            let items = document.value("output", of: root), document.kind(items) == .array
        else { return nil }
        let begun = responseInProgress()
        for event in ["response.created", "response.in_progress"] as [StaticString] {
            write(event) { output in
                output.writeStaticString(",\"response\":")
                output.writeImmutableBuffer(begun)
            }
        }
        for (index, item) in document.elements(items).enumerated() {
            guard writeItem(item, index) else { return nil }
        }
        let response = document.bytes
        write("response.completed") { output in
            output.writeStaticString(",\"response\":")
            output.writeImmutableBuffer(response)
        }
        return output
    }

    // MARK: Items

    private mutating func writeItem(_ item: Int, _ index: Int) -> Bool {
        switch document.string("type", of: item) {
        case "message": return writeMessage(item, index)
        case "reasoning":
            guard isEmptyOrMissing("summary", item), isEmptyOrMissing("content", item) else { return false }
            let whole = document.slice(item)
            writeItemEvent("response.output_item.added", whole, index)
            writeItemEvent("response.output_item.done", whole, index)
            return true
        case "function_call":
            return writeCall(
                item,
                index,
                text: "arguments",
                delta: "response.function_call_arguments.delta",
                done: "response.function_call_arguments.done"
            )
        case "custom_tool_call":
            return writeCall(
                item,
                index,
                text: "input",
                delta: "response.custom_tool_call_input.delta",
                done: "response.custom_tool_call_input.done"
            )
        case .some, nil: return false
        }
    }

    /// - Parameter name: of the member that is filled as it comes.
    private mutating func writeCall(
        _ item: Int,
        _ index: Int,
        text name: StaticString,
        delta: StaticString,
        done: StaticString
    ) -> Bool {
        let document = document
        guard let id = document.value("id", of: item), document.kind(id) == .string,
            let text = document.value("\(name)", of: item), document.kind(text) == .string
        else { return false }
        let empty = copy(item) { member in
            if member == "status" { return "\"in_progress\"" }
            return member == "\(name)" ? "\"\"" : nil
        }
        writeItemEvent("response.output_item.added", empty, index)
        let prefix = ByteBuffer(
            string: ",\"item_id\":\(String(buffer: document.slice(id))),\"output_index\":\(index)"
        )
        for piece in TextPieces(document, text) {
            write(delta) { output in
                output.writeImmutableBuffer(prefix)
                output.writeStaticString(",\"delta\":\"")
                output.writeImmutableBuffer(document.slice(piece))
                output.writeStaticString("\"")
            }
        }
        write(done) { output in
            output.writeImmutableBuffer(prefix)
            output.writeString(",\"\(name)\":")
            output.writeImmutableBuffer(document.slice(text))
        }
        writeItemEvent("response.output_item.done", document.slice(item), index)
        return true
    }

    private mutating func writeMessage(_ item: Int, _ index: Int) -> Bool {
        guard let id = document.value("id", of: item), document.kind(id) == .string,
            let content = document.value("content", of: item), document.kind(content) == .array
        else { return false }
        let empty = copy(item) { name in
            switch name {
            case "status": "\"in_progress\""
            case "content": "[]"
            default: nil
            }
        }
        writeItemEvent("response.output_item.added", empty, index)
        for (place, part) in document.elements(content).enumerated() {
            let prefix = ByteBuffer(
                string: ",\"item_id\":\(String(buffer: document.slice(id))),\"output_index\":\(index)"
                    + ",\"content_index\":\(place)"
            )
            guard writePart(part, prefix) else { return false }
        }
        writeItemEvent("response.output_item.done", document.slice(item), index)
        return true
    }

    /// - Parameter prefix: the members that say which part it is.
    private mutating func writePart(_ part: Int, _ prefix: ByteBuffer) -> Bool {
        guard document.string("type", of: part) == "output_text",
            let text = document.value("text", of: part), document.kind(text) == .string,
            isEmptyOrMissing("annotations", part), isEmptyOrMissing("logprobs", part)
        else { return false }
        let document = document
        let empty = copy(part) { $0 == "text" ? "\"\"" : nil }
        write("response.content_part.added") { output in
            output.writeImmutableBuffer(prefix)
            output.writeStaticString(",\"part\":")
            output.writeImmutableBuffer(empty)
        }
        for piece in TextPieces(document, text) {
            write("response.output_text.delta") { output in
                output.writeImmutableBuffer(prefix)
                output.writeStaticString(",\"delta\":\"")
                output.writeImmutableBuffer(document.slice(piece))
                output.writeStaticString("\",\"logprobs\":[]")
            }
        }
        write("response.output_text.done") { output in
            output.writeImmutableBuffer(prefix)
            output.writeStaticString(",\"text\":")
            output.writeImmutableBuffer(document.slice(text))
            output.writeStaticString(",\"logprobs\":[]")
        }
        write("response.content_part.done") { output in
            output.writeImmutableBuffer(prefix)
            output.writeStaticString(",\"part\":")
            output.writeImmutableBuffer(document.slice(part))
        }
        return true
    }

    // MARK: Events

    private mutating func writeItemEvent(_ type: StaticString, _ item: ByteBuffer, _ index: Int) {
        write(type) { output in
            output.writeString(",\"output_index\":\(index),\"item\":")
            output.writeImmutableBuffer(item)
        }
    }

    private mutating func write(_ type: StaticString, _ writeMembers: (inout ByteBuffer) -> Void) {
        output.writeStaticString("event: ")
        output.writeStaticString(type)
        output.writeStaticString("\ndata: {\"type\":\"")
        output.writeStaticString(type)
        output.writeString("\",\"sequence_number\":\(sequenceNumber)")
        sequenceNumber += 1
        writeMembers(&output)
        output.writeStaticString("}\n\n")
    }

    // MARK: Copies

    private func responseInProgress() -> ByteBuffer {
        copy(JSONDocument.root) { name in
            switch name {
            case "status": "\"in_progress\""
            case "output": "[]"
            case "usage", "completed_at": "null"
            default: nil
            }
        }
    }

    /// An object as it stands, with some members' values replaced.
    private func copy(_ object: Int, replacing replacement: (String) -> StaticString?) -> ByteBuffer {
        var copy = ByteBuffer(staticString: "{")
        for member in document.members(object) {
            if copy.writerIndex > 1 { copy.writeStaticString(",") }
            copy.writeImmutableBuffer(document.slice(member.name))
            copy.writeStaticString(":")
            if let value = document.string(member.name).flatMap(replacement) {
                copy.writeStaticString(value)
            } else {
                copy.writeImmutableBuffer(document.slice(member.value))
            }
        }
        copy.writeStaticString("}")
        return copy
    }

    private func isEmptyOrMissing(_ name: String, _ object: Int) -> Bool {
        document.value(name, of: object).map(document.isEmpty) ?? true
    }
}
