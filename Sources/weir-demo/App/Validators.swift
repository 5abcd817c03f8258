import FoundationEssentials
import HTTPTypes
import Hummingbird

/// The validators of one representation, and what they say of a conditional request.
struct Validators {
    /// With its quotes.
    let etag: String
    let modified: Date

    var fields: HTTPFields { [.eTag: etag, .lastModified: HTTPDate.string(modified)] }

    /// Whether a GET or HEAD is to be answered 304 (RFC 9110 §13.2.2): If-None-Match, compared weakly, comes
    /// before If-Modified-Since.
    func areCurrent(for request: Request) -> Bool {
        if let wanted = request.headers[.ifNoneMatch] {
            return wanted.split(separator: ",").contains { candidate in
                let tag = candidate.trimming { $0 == " " || $0 == "\t" }
                return tag == "*" || tag == etag || tag == "W/" + etag
            }
        }
        guard let since = request.headers[.ifModifiedSince].flatMap(HTTPDate.date) else { return false }
        return Int(modified.timeIntervalSince1970) <= Int(since.timeIntervalSince1970)
    }
}

extension Substring {
    fileprivate func trimming(while isTrimmed: (Character) -> Bool) -> Substring {
        let start = drop(while: isTrimmed)
        guard let last = start.lastIndex(where: { !isTrimmed($0) }) else { return start }
        return start[...last]
    }
}
