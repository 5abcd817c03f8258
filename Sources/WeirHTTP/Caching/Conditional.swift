package import NIOCore

/// A conditional request, answered from a complete response at hand (RFC 9110 §13.2.2, RFC 9111 §4.3.2).
package enum Conditional {
    package enum Outcome: Sendable, Equatable {
        /// The whole response.
        case serve
        /// 304.
        case notModified
    }

    /// The fields that make a request conditional (RFC 9110 §13.1).
    package static let names: FieldNameSet = [
        .ifMatch, .ifNoneMatch, .ifModifiedSince, .ifUnmodifiedSince, .ifRange,
    ]

    /// `If-None-Match` decides where there is one, else `If-Modified-Since`. `If-Match` and `If-Unmodified-Since` are
    /// the origin's to judge and `If-Range` belongs to ranges.
    /// - Parameters:
    ///   - status: the response's own; only a 200 can have been not modified.
    ///   - etag: of the form that would be sent, with quotes and weakness.
    ///   - lastModified: where the response has none, its `Date` may stand in (RFC 9111 §4.3.2).
    package static func evaluate(
        method: RequestMethod,
        request: FieldSection,
        status: UInt16,
        etag: ByteBufferView?,
        lastModified: UnixTime?
    ) -> Outcome {
        guard status == 200, method == .get || method == .head else { return .serve }
        var isConditional = false
        var since: FieldLine?
        var sinceCount = 0
        for line in request.lines {
            switch line.name {
            case .ifNoneMatch:
                isConditional = true
                if request.withValueBytes(of: line, { matches($0, etag) }) { return .notModified }
            case .ifModifiedSince:
                since = line
                sinceCount += 1
            case _: break
            }
        }
        guard !isConditional, sinceCount == 1, let since, let lastModified,
            let date = HTTPDate.parse(request.value(of: since))
        else { return .serve }
        return lastModified <= date ? .notModified : .serve
    }

    /// Whether `*` or one of the tags listed is `etag` by weak comparison (RFC 9110 §13.1.2).
    private static func matches(_ value: Span<UInt8>, _ etag: ByteBufferView?) -> Bool {
        if value.count == 1, value[0] == 0x2A { return true }
        guard let etag, let stored = opaqueTag(etag) else { return false }
        var members = ListScanner(.opaqueTag)
        while let member = members.next(in: value) {
            let tag = value.extracting(member)
            let start = tag.count > 2 && tag[0] == 0x57 && tag[1] == 0x2F ? 2 : 0
            if equal(tag.extracting(start..<tag.count), stored) { return true }
        }
        return false
    }

    /// Without `W/`, with quotes; nil for a tag that has none.
    private static func opaqueTag(_ etag: ByteBufferView) -> ByteBufferView? {
        let tag = etag.starts(with: "W/".utf8) ? etag.dropFirst(2) : etag
        return tag.count >= 2 && tag.first == ASCII.quote && tag.last == ASCII.quote ? tag : nil
    }

    private static func equal(_ left: Span<UInt8>, _ right: ByteBufferView) -> Bool {
        guard left.count == right.count else { return false }
        for index in 0..<left.count where left[index] != right[right.startIndex + index] { return false }
        return true
    }
}
