package import NIOCore

/// Writes the chunked coding (RFC 9112 §7.1) around chunks that are sent as they are:
///
///     size CRLF │ chunk │ CRLF │ size CRLF │ chunk │ CRLF │ 0 CRLF trailers CRLF
package enum ChunkedCoding {
    /// CRLF, which stands behind each chunk.
    package static let terminator = ByteBuffer(staticString: "\r\n")
    /// The end of a body without trailers.
    package static let end = ByteBuffer(staticString: "0\r\n\r\n")

    /// Writes the line that stands before a chunk.
    /// - Parameter count: the chunk's bytes; at least one, for a chunk of none would end the body.
    package static func writeSize(_ count: Int, into buffer: inout ByteBuffer) {
        precondition(count > 0, "Cannot send an empty chunk within a body")
        var shift = (count.significandWidth / 4) * 4
        while shift >= 0 {
            let digit = UInt8(truncatingIfNeeded: count >> shift) & 0xF
            buffer.writeInteger(digit < 10 ? digit + 0x30 : digit + 0x57)
            shift -= 4
        }
        buffer.writeStaticString("\r\n")
    }

    /// Writes the last chunk and the trailer section.
    package static func writeEnd(trailers: FieldSection = FieldSection(), into buffer: inout ByteBuffer) {
        buffer.writeStaticString("0\r\n")
        trailers.write(into: &buffer)
        buffer.writeStaticString("\r\n")
    }
}

extension Int {
    /// The place of the highest bit of a positive number.
    fileprivate var significandWidth: Int { Int.bitWidth - 1 - leadingZeroBitCount }
}
