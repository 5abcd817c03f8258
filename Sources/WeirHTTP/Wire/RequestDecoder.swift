package import NIOCore

/// Reads requests off a connection's bytes, one part a call.
package struct RequestDecoder: Sendable {
    package init(limits: HeadLimits = HeadLimits()) {}

    /// The next part, or nil when more bytes are needed. Consumes what it returns from `buffer`.
    /// - Throws: once; the connection is then of no further use.
    package mutating func decode(_ buffer: inout ByteBuffer) throws(MessageError) -> RequestPart? { nil }
}
