/// Which responses are worth a content coding, and may have one (RFC 9110 §8.4).
package struct CompressionPolicy: Sendable, Equatable {
    /// Bytes below which coding costs more than it saves.
    package var minimumLength: Int

    package init(minimumLength: Int = 1024) { self.minimumLength = minimumLength }

    /// - Parameter length: of the body, nil where it is not known yet, which passes.
    package func applies(to response: ResponseHead, length: UInt64?) -> Bool {
        if let length, length < UInt64(max(0, minimumLength)) { return false }
        return Self.hasCodableStatus(response.status) && Self.hasCodableFields(response.fields)
    }

    /// A response that has content, all of it.
    private static func hasCodableStatus(_ status: UInt16) -> Bool {
        switch status {
        case ..<200, 204, 205, 206, 304: false
        case _: true
        }
    }

    /// One pass: no field that speaks against coding, and one `Content-Type` that speaks for it.
    private static func hasCodableFields(_ fields: FieldSection) -> Bool {
        var isCodable = false
        var types = 0
        var tags = 0
        for line in fields.lines {
            switch line.name {
            case .contentEncoding, .contentRange: return false
            case .cacheControl:
                // `no-transform` binds whoever else `CDN-Cache-Control` may speak to (RFC 9111 §5.2.2.6).
                if CacheControl(fields).noTransform { return false }
            case .cdnCacheControl, .weirCacheControl:
                if CacheControl.ofResponse(fields).noTransform { return false }
            case .etag:
                tags += 1
                if tags > 1 || EntityTag(fields.value(of: line)) == nil { return false }
            case .contentType:
                types += 1
                isCodable = fields.withValueBytes(of: line) { CodableType.contains($0) }
            case .other:
                if isDigest(line, fields) { return false }
            case _: break
            }
        }
        return isCodable && types == 1
    }

    /// A digest or signature of the content as it is would no longer be true (RFC 9530).
    private static func isDigest(_ line: FieldLine, _ fields: FieldSection) -> Bool {
        let name = fields.name(of: line)
        return digests.contains { ASCII.equalIgnoringCase(name, $0) }
    }

    private static let digests: [StaticString] = ["Digest", "Content-Digest", "Repr-Digest", "Content-MD5"]
}
