package import NIOCore

extension FieldSection {
    /// Reads back what ``written()`` gave, and nothing else: it is not checked again.
    package init(written text: ByteBuffer) {
        self.init(storage: text, lines: Self.lines(of: text.readableBytesUInt8Span, at: UInt32(text.readerIndex)))
    }

    /// - Parameter start: where the first byte lies in its buffer.
    private static func lines(of text: Span<UInt8>, at start: UInt32) -> [FieldLine] {
        var lines: [FieldLine] = []
        var lineStart = 0
        while lineStart < text.count {
            var colon = lineStart
            while text[colon] != ASCII.colon { colon += 1 }
            var end = colon
            while text[end] != ASCII.carriageReturn { end += 1 }
            lines.append(
                FieldLine(
                    name: FieldName.recognise(text.extracting(lineStart..<colon)),
                    nameStart: start + UInt32(lineStart),
                    nameLength: UInt16(colon - lineStart),
                    valueStart: start + UInt32(colon + 2),
                    valueLength: UInt32(end - colon - 2)
                )
            )
            lineStart = end + 2
        }
        return lines
    }
}
