/// Reads the field lines of a header or trailer section up to the empty line behind them (RFC 9112 §5),
/// going on where it stopped when more bytes come.
///
/// What it says of a byte depends on that byte and those before it alone, so that the same bytes get the
/// same answer however they arrive. It looks at each byte once, and keeps places rather than bytes: all of them
/// count from the first byte of the message part, which the caller holds on to until the section is whole.
struct FieldSectionReader: Sendable {
    /// The lines read so far.
    private(set) var lines: [FieldLine] = []
    /// Where reading goes on; behind the empty line when the section is whole.
    private(set) var position: Int
    private var lineStart: Int
    /// Where the current line's colon is, once found. No colon can be at 0.
    private var colon = 0
    private var name = FieldName.other

    /// - Parameter start: where the first line begins.
    init(at start: Int) {
        position = start
        lineStart = start
    }

    /// As many lines as a browser sends, so that one allocation holds them.
    private static let usualLines = 20

    /// Reads on.
    /// - Parameter maximum: field lines allowed.
    /// - Returns: whether the section is whole.
    mutating func read(_ bytes: Span<UInt8>, maximum: Int) throws(MessageError) -> Bool {
        while true {
            if colon == 0 {
                if position == lineStart {
                    guard position < bytes.count else { return false }
                    if bytes[position] == ASCII.carriageReturn {
                        guard position + 1 < bytes.count else { return false }
                        guard bytes[position + 1] == ASCII.lineFeed else { throw Self.bareCarriageReturn }
                        position += 2
                        return true
                    }
                }
                guard try readName(bytes) else { return false }
            }
            guard try readValue(bytes, maximum: maximum) else { return false }
        }
    }

    private mutating func readName(_ bytes: Span<UInt8>) throws(MessageError) -> Bool {
        position = bytes.endOfToken(from: position)
        guard position < bytes.count else { return false }
        guard bytes[position] == ASCII.colon, position > lineStart else { throw badName(bytes[position]) }
        guard position - lineStart <= Int(UInt16.max) else { throw MessageError(431, "a field name is too long") }
        colon = position
        name = FieldName.recognise(bytes.extracting(lineStart..<colon))
        position += 1
        return true
    }

    private mutating func readValue(_ bytes: Span<UInt8>, maximum: Int) throws(MessageError) -> Bool {
        position = bytes.endOfText(from: position)
        guard position < bytes.count else { return false }
        guard bytes[position] == ASCII.carriageReturn else { throw Self.badText(bytes[position]) }
        guard position + 1 < bytes.count else { return false }
        guard bytes[position + 1] == ASCII.lineFeed else { throw Self.bareCarriageReturn }
        guard lines.count < maximum else { throw MessageError(431, "there are too many fields") }
        var start = colon + 1
        var end = position
        while start < end, ASCII.isBlank(bytes[start]) { start += 1 }
        while end > start, ASCII.isBlank(bytes[end - 1]) { end -= 1 }
        if lines.isEmpty { lines.reserveCapacity(Self.usualLines) }
        lines.append(
            FieldLine(
                name: name,
                nameStart: UInt32(lineStart),
                nameLength: UInt16(colon - lineStart),
                valueStart: UInt32(start),
                valueLength: UInt32(end - start)
            )
        )
        position += 2
        lineStart = position
        colon = 0
        return true
    }

    /// What to say of a byte that ends a field name but is no colon behind one.
    private func badName(_ byte: UInt8) -> MessageError {
        switch byte {
        case ASCII.colon: MessageError("a field line has no name")
        case ASCII.space where position == lineStart, ASCII.tab where position == lineStart:
            MessageError("a field line is folded or starts with white space")
        case ASCII.space, ASCII.tab: MessageError("there is white space before a field's colon")
        case ASCII.carriageReturn: MessageError("a field line has no colon")
        case ASCII.lineFeed: Self.bareLineFeed
        default: MessageError("a field name is not a token")
        }
    }

    /// What to say of a control character that ends text but starts no line end.
    static func badText(_ byte: UInt8) -> MessageError {
        byte == ASCII.lineFeed ? bareLineFeed : MessageError("there is a control character in the head")
    }

    static var bareCarriageReturn: MessageError { MessageError("a CR is not followed by LF") }
    static var bareLineFeed: MessageError { MessageError("a line ends in LF without CR") }
}
