package import NIOCore

extension FieldSection {
    /// Takes a whole section as it stands on the wire (RFC 9112 §5), its empty line included and nothing behind it; nil for
    /// anything else. Holds bytes of its own.
    package init?(whole text: ByteBuffer) {
        var reader = FieldSectionReader(at: 0)
        let count = text.readableBytes
        guard (try? reader.read(text.readableBytesUInt8Span, maximum: count)) == true, reader.position == count else {
            return nil
        }
        let fieldLines = text.readableBytesView.dropLast(2)
        var storage = ByteBuffer()
        storage.reserveCapacity(fieldLines.count)
        storage.writeBytes(fieldLines)
        self.init(storage: storage, lines: reader.lines)
    }
}
