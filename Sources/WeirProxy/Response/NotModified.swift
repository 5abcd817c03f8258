import NIOCore
import WeirHTTP

/// What a 304 says and leaves out (RFC 9110 §15.4.5).
enum NotModified {
    /// Describes a body that is not sent.
    static let omitted: FieldNameSet = [
        .contentLength, .contentType, .contentEncoding, .contentLanguage, .contentRange, .acceptRanges,
        .contentDisposition,
    ]

    /// An upstream's 304 with the entity tag that the client asked about: where that was of Weir's gzip form, the
    /// upstream has only seen the tag below it.
    static func restoringTag(_ response: ResponseHead, request: FieldSection) -> ResponseHead {
        guard response.status == 304, request.contains(.ifNoneMatch), let value = response.fields.first(.etag),
            let tag = EntityTag(value)
        else { return response }
        var gzipTag = ByteBuffer()
        tag.suffixed(.gzip).write(into: &gzipTag)
        let asked = request.listMembers(.ifNoneMatch)
        guard !asked.contains(where: { $0.elementsEqual(value) }),
            asked.contains(where: { $0.elementsEqual(gzipTag.readableBytesView) })
        else { return response }
        var restored = response
        restored.fields.set(.etag, String(buffer: gzipTag))
        return restored
    }
}
