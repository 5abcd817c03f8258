package import NIOCore

extension FieldSection {
    /// Takes a whole section as it stands on the wire (RFC 9112 §5), its empty line included and nothing behind it; nil for
    /// anything else.
    /// - Parameter text: kept as it is; begins at index 0.
    package init?(whole text: ByteBuffer) {
        guard text.readerIndex == 0 else { return nil }
        var reader = FieldSectionReader(at: 0)
        let count = text.readableBytes
        guard (try? reader.read(text.readableBytesUInt8Span, maximum: count)) == true, reader.position == count else {
            return nil
        }
        self.init(storage: text, lines: reader.lines)
    }
}
