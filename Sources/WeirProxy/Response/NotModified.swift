import WeirHTTP

/// What a 304 leaves out: it describes a body that is not sent (RFC 9110 §15.4.5).
enum NotModified {
    static let omitted: FieldNameSet = [
        .contentLength, .contentType, .contentEncoding, .contentLanguage, .contentRange, .acceptRanges,
        .contentDisposition,
    ]
}
