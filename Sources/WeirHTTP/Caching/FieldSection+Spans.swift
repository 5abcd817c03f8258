import NIOCore

extension FieldSection {
    /// Lends the bytes of one line's value, without copying or counting references.
    @inline(__always)
    func withValueBytes<Result>(of line: FieldLine, _ body: (Span<UInt8>) -> Result) -> Result {
        let start = Int(line.valueStart) - storage.readerIndex
        return body(storage.readableBytesUInt8Span.extracting(start..<start + Int(line.valueLength)))
    }

    /// Lends the bytes of one line's name.
    @inline(__always)
    func withNameBytes<Result>(of line: FieldLine, _ body: (Span<UInt8>) -> Result) -> Result {
        let start = Int(line.nameStart) - storage.readerIndex
        return body(storage.readableBytesUInt8Span.extracting(start..<start + Int(line.nameLength)))
    }
}
