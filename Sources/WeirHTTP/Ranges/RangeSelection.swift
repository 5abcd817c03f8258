package import NIOCore

/// Which part of a complete response answers a request (RFC 9110 §14.2, RFC 9111 §3.3).
package enum RangeSelection: Sendable, Equatable {
    /// The whole of it: no range is asked for, or none that can be heeded.
    case whole
    /// 206: these parts, of which none is empty and no two touch, in the order of the request.
    case parts([Range<Int>])
    /// 416: nothing of what is asked for is there.
    case unsatisfiable

    /// What a stored response has to say of itself.
    package struct Subject {
        var status: UInt16
        var length: Int
        var etag: ByteBufferView?
        var lastModified: UnixTime?
        var date: UnixTime?

        /// - Parameters:
        ///   - status: only a 200 has parts.
        ///   - length: of the form that would be sent, in bytes.
        ///   - etag: of that form, with quotes and weakness.
        ///   - date: when the origin sent it.
        package init(
            status: UInt16,
            length: Int,
            etag: ByteBufferView?,
            lastModified: UnixTime?,
            date: UnixTime?
        ) {
            self.status = status
            self.length = length
            self.etag = etag
            self.lastModified = lastModified
            self.date = date
        }
    }

    /// To be asked once no other precondition has led to a 304 (RFC 9110 §13.2.2).
    /// - Parameter limit: requests for more ranges than so many get the whole.
    package static func decide(
        method: RequestMethod,
        request: FieldSection,
        subject: Subject,
        limit: Int
    ) -> RangeSelection {
        guard method == .get, subject.status == 200, request.count(of: .range) == 1, let value = request.first(.range),
            let ranges = ByteRangeSet(value, limit: limit), ifRangeHolds(request, subject)
        else { return .whole }
        let parts = ranges.parts(ofLength: subject.length)
        return parts.isEmpty ? .unsatisfiable : .parts(parts)
    }

    /// `If-Range`: the client has parts of this very form already, by a strong validator (RFC 9110 §13.1.5).
    private static func ifRangeHolds(_ request: FieldSection, _ subject: Subject) -> Bool {
        guard let value = request.first(.ifRange) else { return true }
        guard request.count(of: .ifRange) == 1 else { return false }
        if let tag = EntityTag(value) {
            guard let own = subject.etag.flatMap({ EntityTag($0) }) else { return false }
            return EntityTag.strongEqual(tag, own)
        }
        // A date is strong only if the response was sent a second after it or later (§8.8.2.2).
        guard let date = HTTPDate.parse(value), let sent = subject.date else { return false }
        return date == subject.lastModified && sent.seconds > date.seconds
    }
}
