/// How a message says where its body ends (RFC 9112 §6).
package enum BodyFraming: Sendable, Equatable {
    /// There is no body.
    case none
    /// So many bytes. A response to HEAD keeps its length here but has no body.
    case length(UInt64)
    case chunked
    /// A response's body runs to the end of the connection.
    case untilClose
}
