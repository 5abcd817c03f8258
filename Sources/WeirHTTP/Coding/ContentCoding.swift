/// A content coding that Weir itself applies and takes off (RFC 9110 §8.4.1).
package enum ContentCoding: UInt8, Sendable, CaseIterable {
    case identity
    case gzip
    case brotli
    case zstd

    /// As in `Content-Encoding` and `Accept-Encoding`.
    package var token: StaticString {
        switch self {
        case .identity: "identity"
        case .gzip: "gzip"
        case .brotli: "br"
        case .zstd: "zstd"
        }
    }
}
