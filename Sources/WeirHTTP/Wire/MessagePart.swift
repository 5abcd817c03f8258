package import NIOCore

/// What a ``RequestDecoder`` gives, in order: a head, any number of body pieces, an end.
package enum RequestPart: Sendable {
    case head(RequestHead)
    /// A slice of what was read; how a body is cut into pieces follows the reads and means nothing.
    case body(ByteBuffer)
    /// The trailer section, empty where there was none.
    case end(FieldSection)
}

/// What a ``ResponseDecoder`` gives, in order: any number of 1xx heads, a head, body pieces, an end.
package enum ResponsePart: Sendable {
    case informational(ResponseHead)
    case head(ResponseHead)
    case body(ByteBuffer)
    case end(FieldSection)
}
