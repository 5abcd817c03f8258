package import NIOCore

/// A stored response's validators, and what they say of a 304 (RFC 9111 §4.3).
package enum Validators {
    /// Bytes of tags in one `If-None-Match`, beside the first.
    private static let maxTagBytes = 4096

    /// What makes a request revalidate stored responses (RFC 9111 §4.3.1): the one entity tag of each, and the first's one
    /// date of modification. Malformed and repeated ones are left out; empty where nothing can be revalidated.
    package static func conditionalFields(for stored: [FieldSection]) -> [(FieldName, ByteBufferView)] {
        var fields: [(FieldName, ByteBufferView)] = []
        var list = ByteBuffer()
        for tag in tags(of: stored) where list.readableBytes < maxTagBytes {
            if list.readableBytes > 0 { list.writeStaticString(", ") }
            tag.write(into: &list)
        }
        if list.readableBytes > 0 { fields.append((.ifNoneMatch, list.readableBytesView)) }
        if let date = stored.first.flatMap({ only(.lastModified, of: $0) }), HTTPDate.parse(date) != nil {
            fields.append((.ifModifiedSince, date))
        }
        return fields
    }

    /// Each once.
    private static func tags(of stored: [FieldSection]) -> [EntityTag] {
        var tags: [EntityTag] = []
        for tag in stored.compactMap(tag) where !tags.contains(tag) { tags.append(tag) }
        return tags
    }

    private static func tag(of fields: FieldSection) -> EntityTag? { only(.etag, of: fields).flatMap { EntityTag($0) } }

    /// Which of the stored responses that a request was made conditional by a 304 speaks of (RFC 9111 §4.3.4): all that
    /// have its strong tag; of those that have it but for weakness, the first; where it has no tag, the first, if no other
    /// could be meant.
    /// - Returns: places in `stored`; none where the response has to be fetched anew.
    package static func selected(of stored: [FieldSection], by notModified: FieldSection) -> [Int] {
        guard let first = stored.first else { return [] }
        if let new = tag(of: notModified) {
            let same = stored.indices.filter { tag(of: stored[$0]).map { EntityTag.strongEqual($0, new) } ?? false }
            if !same.isEmpty { return same }
            let alike = stored.firstIndex { tag(of: $0).map { EntityTag.weakEqual($0, new) } ?? false }
            if let alike { return [alike] }
        } else if tags(of: stored).count > (tag(of: first) == nil ? 0 : 1) {
            return []
        }
        return selects(first, notModified: notModified) ? [0] : []
    }

    /// Whether a 304 speaks of `stored`, so that it may be updated and used (RFC 9111 §4.3.4). Where it does not, the
    /// response has to be fetched anew.
    ///
    /// Two tags must be the same but for weakness: nginx sends `W/"a"` with what it compresses and `"a"` with the 304
    /// for it. Where either side has no tag, the dates of modification must be the same, if the 304 gives one at all.
    package static func selects(_ stored: FieldSection, notModified: FieldSection) -> Bool {
        let new = tag(of: notModified)
        let old = tag(of: stored)
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
            guard let new = tag(of: head.fields), let old = tag(of: stored), EntityTag.weakEqual(old, new)
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
