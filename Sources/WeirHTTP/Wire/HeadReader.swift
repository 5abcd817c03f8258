/// Finds the end of a start line and of the header section behind it (RFC 9112 §2.1), going on where it
/// stopped when more bytes come. What the start line says is for the caller to check, once, when it is whole.
///
///     ├─ start line ─┤CR LF├─ field line ─┤CR LF├─ field line ─┤CR LF│CR LF│
///     0              lineEnd                                               length
struct HeadReader: Sendable {
    enum Progress: Sendable, Equatable {
        /// Nothing new: more bytes are needed.
        case incomplete
        /// The start line ends here; call again.
        case startLine(end: Int)
        /// The head is whole and has so many bytes, the empty line included.
        case head(length: Int)
    }

    private var position = 0
    /// Begun once the start line's end is known.
    private var section = FieldSectionReader(at: 0)
    private var startLineEnded = false

    /// The header section's lines, to be taken once the head is whole.
    mutating func takeLines() -> [FieldLine] {
        let lines = section.lines
        self = HeadReader()
        return lines
    }

    /// Reads on. Gives the start line first, then the head.
    /// - Parameter bytes: everything from the head's first byte on.
    mutating func read(_ bytes: Span<UInt8>, limits: HeadLimits) throws(MessageError) -> Progress {
        let allowed = bytes.extracting(first: limits.head)
        let progress = try readAllowed(allowed, limits: limits)
        if progress == .incomplete, allowed.count == limits.head {
            throw startLineEnded
                ? MessageError(431, "the head is too large") : MessageError(414, "the start line is too long")
        }
        return progress
    }

    private mutating func readAllowed(_ bytes: Span<UInt8>, limits: HeadLimits) throws(MessageError) -> Progress {
        if startLineEnded {
            guard try section.read(bytes, maximum: limits.fields) else { return .incomplete }
            return .head(length: section.position)
        }
        position = bytes.endOfText(from: position)
        guard position < bytes.count else { return .incomplete }
        guard bytes[position] == ASCII.carriageReturn else { throw FieldSectionReader.badText(bytes[position]) }
        guard position + 1 < bytes.count else { return .incomplete }
        guard bytes[position + 1] == ASCII.lineFeed else { throw FieldSectionReader.bareCarriageReturn }
        section = FieldSectionReader(at: position + 2)
        startLineEnded = true
        return .startLine(end: position)
    }
}
