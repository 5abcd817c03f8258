import WeirHTTP

/// What a 304 says and leaves out (RFC 9110 §15.4.5).
enum NotModified {
    /// Describes a body that is not sent.
    static let omitted: FieldNameSet = [
        .contentLength, .contentType, .contentEncoding, .contentLanguage, .contentRange, .acceptRanges,
        .contentDisposition,
    ]
}
