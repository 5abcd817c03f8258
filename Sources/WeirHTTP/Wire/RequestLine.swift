package import NIOCore

/// Writes request lines (RFC 9112 §3).
package enum RequestLine {
    /// Writes `method SP target SP HTTP/1.1 CRLF`.
    /// - Parameters:
    ///   - methodName: a token.
    ///   - target: in the form that goes on the wire; no spaces, no control characters.
    package static func write(methodName: String, target: ByteBuffer, into buffer: inout ByteBuffer) {
        buffer.writeString(methodName)
        buffer.writeInteger(ASCII.space)
        buffer.writeImmutableBuffer(target)
        buffer.writeStaticString(" HTTP/1.1\r\n")
    }
}
