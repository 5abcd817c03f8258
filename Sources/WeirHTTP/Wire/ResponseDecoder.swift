package import NIOCore

/// Reads responses off an upstream connection's bytes, one part a call.
package struct ResponseDecoder: Sendable {
    package init(limits: HeadLimits = HeadLimits()) {}

    /// Must be called before each response: HEAD and CONNECT change how it is framed (RFC 9112 §6.3).
    package mutating func begin(answering method: RequestMethod) {}

    /// The next part, or nil when more bytes are needed. Consumes what it returns from `buffer`.
    package mutating func decode(_ buffer: inout ByteBuffer) throws(MessageError) -> ResponsePart? { nil }

    /// The peer has closed its side: `.end` for a close-delimited body, nil between messages, else an error.
    package mutating func finish() throws(MessageError) -> ResponsePart? { nil }
}
