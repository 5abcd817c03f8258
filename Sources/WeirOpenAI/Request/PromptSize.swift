import NIOCore

/// How much of a model's input a request is, before anybody has counted it: a token for four bytes of text, and one for
/// each number (inputs may be tokens already). Models' own tokenizers differ by more than this is wrong, and counting
/// like them would cost more than it is worth here.
enum PromptSize {
    /// A string of more than this without a blank in so much of it is an image or a file, not text.
    private static let longestWord = 1024

    static func tokens(_ document: JSONDocument) -> Int {
        let text = document.bytes.readableBytesUInt8Span
        var bytes = 0
        var numbers = 0
        for node in document.nodes {
            switch node.kind {
            case .string:
                let range = Int(node.start) + 1..<Int(node.end) - 1
                if range.count <= longestWord || hasBlank(text, range) { bytes += range.count }
            case .number: numbers += 1
            case .object, .array, .true, .false, .null: break
            }
        }
        return bytes / 4 + numbers
    }

    private static func hasBlank(_ text: Span<UInt8>, _ range: Range<Int>) -> Bool {
        for index in range.prefix(longestWord) where text[index] == 0x20 { return true }
        return false
    }
}
