import NIOCore

/// JSON within a text: all of it, or blocks that are fenced as Markdown has it.
///
///     ```json
///     {"a": 1}
///     ```
enum EmbeddedJSON {
    private static let fence = Array("```".utf8)
    private static let language = Array("json".utf8)

    /// The same text with no white space in its JSON but within strings. What only looks like JSON stays as it is.
    static func minified(_ text: [UInt8]) -> [UInt8] {
        if let whole = minifiedValue(text[...]) { return whole }
        var result: [UInt8] = []
        var rest = text[...]
        while let block = nextBlock(in: rest) {
            result += rest[..<block.lowerBound]
            result += minifiedValue(rest[block]) ?? Array(rest[block])
            rest = rest[block.upperBound...]
        }
        return result + rest
    }

    /// What lies between a line that opens a block of JSON and the one that closes it.
    private static func nextBlock(in text: ArraySlice<UInt8>) -> Range<Int>? {
        var start: Int?
        var index = text.startIndex
        while index < text.endIndex {
            let end = text[index...].firstIndex(of: UInt8(ascii: "\n")) ?? text.endIndex
            let line = trimmed(text[index..<end])
            if let start, line.elementsEqual(fence) { return start..<max(start, index - 1) }
            if start == nil, line.starts(with: fence), line.dropFirst(fence.count).elementsEqual(language) {
                start = min(end + 1, text.endIndex)
            }
            index = end + 1
        }
        return nil
    }

    /// - Returns: nil for what is no object or array in JSON.
    private static func minifiedValue(_ text: ArraySlice<UInt8>) -> [UInt8]? {
        let value = trimmed(text)
        guard value.first == UInt8(ascii: "{") || value.first == UInt8(ascii: "["),
            (try? JSONDocument(ByteBuffer(bytes: value))) != nil
        else { return nil }
        var result: [UInt8] = []
        result.reserveCapacity(value.count)
        var isInString = false
        var isEscaped = false
        for byte in value {
            if isInString || !isBlank(byte) { result.append(byte) }
            switch byte {
            case UInt8(ascii: "\"") where !isEscaped: isInString.toggle()
            case UInt8(ascii: "\\") where isInString && !isEscaped:
                isEscaped = true
                continue
            default: break
            }
            isEscaped = false
        }
        return result
    }

    private static func trimmed(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var text = text
        while let first = text.first, isBlank(first) { text.removeFirst() }
        while let last = text.last, isBlank(last) { text.removeLast() }
        return text
    }

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D
    }
}
