import NIOCore

/// Cuts the inside of a JSON string into pieces of a size that reads well when it is streamed: never within a
/// character's bytes or an escape (a pair of surrogates is one), after a space where there is one late enough.
struct TextPieces: Sequence, IteratorProtocol {
    static let sizeBytes = 96

    private let document: JSONDocument
    private var position: Int
    private let end: Int

    init(_ document: JSONDocument, _ string: Int) {
        self.document = document
        let range = document.textRange(string)
        position = range.lowerBound
        end = range.upperBound
    }

    /// The next piece, as a range of the document.
    mutating func next() -> Range<Int>? {
        guard position < end else { return nil }
        let text = document.bytes
        let bytes = text.readableBytesUInt8Span
        let start = position
        var afterSpace = start
        while position < end, position - start < Self.sizeBytes {
            switch bytes[position] {
            case UInt8(ascii: "\\"): position += JSONEscape(checking: bytes, at: position)?.length ?? 1
            case 0x80...: position += Swift.max(1, UTF8Sequence.length(bytes, at: position))
            case UInt8(ascii: " "):
                position += 1
                afterSpace = position
            default: position += 1
            }
        }
        if position < end, afterSpace - start > Self.sizeBytes / 2 { position = afterSpace }
        return start..<position
    }
}
