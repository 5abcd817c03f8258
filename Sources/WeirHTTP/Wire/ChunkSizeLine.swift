/// The line before a chunk (RFC 9112 §7.1): `1*HEXDIG [";" extension] CRLF`, with no white space before the `;`.
struct ChunkSizeLine: Sendable, Equatable {
    var size: UInt64
    /// Bytes of the extensions, their first `;` included. They are checked, bounded and dropped (§7.1.1).
    var extensionLength: Int
    /// Bytes of the line, CRLF included.
    var length: Int

    /// Sizes below 2^60 in as many digits, leading zeros counted.
    private static let maximumDigits = 15

    /// Nil when more bytes are needed: they are looked at again then, a few hundred at most.
    init?(_ bytes: Span<UInt8>, limits: HeadLimits) throws(MessageError) {
        size = 0
        var index = 0
        while index < bytes.count, let digit = ASCII.hexValue(bytes[index]) {
            guard index < Self.maximumDigits else { throw MessageError("a chunk size has too many digits") }
            size = size << 4 | UInt64(digit)
            index += 1
        }
        guard index < bytes.count else { return nil }
        guard index > 0 else { throw MessageError("a chunk size has no digits") }
        let extensionStart = index
        if bytes[index] == ASCII.semicolon {
            index = bytes.extracting(first: extensionStart + limits.chunkExtension + 1).endOfText(from: index)
            guard index - extensionStart <= limits.chunkExtension else {
                throw MessageError("a chunk extension is too long")
            }
            guard index < bytes.count else { return nil }
        }
        extensionLength = index - extensionStart
        guard bytes[index] == ASCII.carriageReturn else {
            throw Self.badEnd(bytes[index], inExtension: index > extensionStart)
        }
        guard index + 1 < bytes.count else { return nil }
        guard bytes[index + 1] == ASCII.lineFeed else { throw FieldSectionReader.bareCarriageReturn }
        length = index + 2
    }

    private static func badEnd(_ byte: UInt8, inExtension: Bool) -> MessageError {
        if byte == ASCII.lineFeed { return FieldSectionReader.bareLineFeed }
        return inExtension
            ? MessageError("there is a control character in a chunk extension")
            : MessageError("a chunk size is followed by neither a line end nor an extension")
    }
}
