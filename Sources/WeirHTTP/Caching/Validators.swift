package import NIOCore

/// A stored response's validators, and what they say of a 304 (RFC 9111 §4.3).
package enum Validators {
    /// What makes a request revalidate `stored` (RFC 9111 §4.3.1): its one entity tag and its one date of
    /// modification. Malformed and repeated ones are left out; empty where it cannot be revalidated.
    package static func conditionalFields(for stored: FieldSection) -> [(FieldName, ByteBufferView)] {
        var fields: [(FieldName, ByteBufferView)] = []
        if let etag = only(.etag, of: stored), EntityTag(etag) != nil { fields.append((.ifNoneMatch, etag)) }
        if let date = only(.lastModified, of: stored), HTTPDate.parse(date) != nil {
            fields.append((.ifModifiedSince, date))
        }
        return fields
    }

    /// Whether a 304 speaks of `stored`, so that it may be updated and used (RFC 9111 §4.3.4). Where it does not, the
    /// response has to be fetched anew.
    ///
    /// Two tags must be the same but for weakness: nginx sends `W/"a"` with what it compresses and `"a"` with the 304
    /// for it. Where either side has no tag, the dates of modification must be the same, if the 304 gives one at all.
    package static func selects(_ stored: FieldSection, notModified: FieldSection) -> Bool {
        let new = only(.etag, of: notModified).flatMap { EntityTag($0) }
        let old = only(.etag, of: stored).flatMap { EntityTag($0) }
        switch (old, new) {
        case (let old?, let new?): return EntityTag.weakEqual(old, new)
        case (nil, _), (_, nil): break
        }
        guard let newDate = only(.lastModified, of: notModified) else { return new == nil }
        guard let oldDate = only(.lastModified, of: stored) else { return old != nil }
        return HTTPDate.parse(newDate) == HTTPDate.parse(oldDate)
    }

    /// Whether a 200 to HEAD speaks of `stored`, so that it may update it; where it does not, what is stored is stale
    /// (RFC 9111 §4.3.5). Tags are compared as those of a 304 are.
    /// - Parameter length: of the stored body, as it was received.
    package static func selects(_ stored: FieldSection, length: Int, head: ResponseHead) -> Bool {
        if head.fields.contains(.etag) {
            guard let new = only(.etag, of: head.fields).flatMap({ EntityTag($0) }),
                let old = only(.etag, of: stored).flatMap({ EntityTag($0) }), EntityTag.weakEqual(old, new)
            else { return false }
        }
        if head.fields.contains(.lastModified) {
            guard let new = only(.lastModified, of: head.fields).flatMap({ HTTPDate.parse($0) }),
                new == only(.lastModified, of: stored).flatMap({ HTTPDate.parse($0) })
            else { return false }
        }
        guard let told = only(.contentLength, of: head.fields) else { return true }
        return told.elementsEqual(String(length).utf8)
    }

    private static func only(_ name: FieldName, of fields: FieldSection) -> ByteBufferView? {
        fields.count(of: name) == 1 ? fields.first(name) : nil
    }
}
