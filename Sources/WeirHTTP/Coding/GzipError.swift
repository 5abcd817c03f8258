/// Why a gzip body cannot be decoded. Nothing that was decoded of it before is to be used as a whole body.
package enum GzipError: Error, Sendable, Equatable {
    /// Not gzip, or its bytes do not fit its checksums (RFC 1952).
    case corrupt
    /// It ended within a member.
    case truncated
    /// It would become larger than was allowed, in bytes.
    case tooLarge(limit: Int)
    /// It would become more than so many times its own size.
    case excessiveRatio(limit: Int)
}
