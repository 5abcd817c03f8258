/// How a message says where its body ends (RFC 9112 §6).
package enum BodyFraming: Sendable, Equatable {
    /// There is no body.
    case none
    /// So many bytes. A response to HEAD keeps its length here but has no body.
    case length(UInt64)
    case chunked
    /// A response's body runs to the end of the connection.
    case untilClose

    /// Bytes of the body, where they are told and can be counted.
    package var knownLength: Int? {
        switch self {
        case .none: 0
        case .length(let length): Int(exactly: length)
        case .chunked, .untilClose: nil
        }
    }
}
