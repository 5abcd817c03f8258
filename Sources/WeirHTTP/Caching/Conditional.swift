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
    ///   - lastModified: where the response has none, its `Date` stands in (RFC 9111 §4.3.2).
    package static func evaluate(
        method: RequestMethod,
        request: FieldSection,
        status: UInt16,
        etag: @autoclosure () -> ByteBufferView?,
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
                if request.withValueBytes(of: line, { matches($0, etag()) }) { return .notModified }
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
        guard let etag else { return false }
        return etag.withBytes { matches(value, opaqueTag: $0.extracting(opaqueTag($0))) }
    }

    private static func matches(_ value: Span<UInt8>, opaqueTag stored: Span<UInt8>) -> Bool {
        guard stored.count >= 2, stored[0] == ASCII.quote, stored[stored.count - 1] == ASCII.quote else { return false }
        var members = ListScanner(.opaqueTag)
        while let member = members.next(in: value) {
            let tag = value.extracting(member)
            if tag.extracting(opaqueTag(tag)).equals(stored) { return true }
        }
        return false
    }

    /// Where the opaque-tag lies, quotes included, behind a `W/` if there is one.
    private static func opaqueTag(_ tag: Span<UInt8>) -> Range<Int> {
        (tag.count > 2 && tag[0] == 0x57 && tag[1] == 0x2F ? 2 : 0)..<tag.count
    }
}
