/// A request target in one of its four forms (RFC 9112 §3.2), checked byte by byte.
struct ParsedTarget: Sendable {
    /// The absolute form of `http://a.example` has no path; the one it means is `/` (RFC 9110 §4.2.3).
    var hasPath: Bool
    var target: RequestTarget
    /// The host and port that an absolute or authority form names.
    var authority: Range<Int>?

    /// - Parameters:
    ///   - line: the request line up to the target's end.
    ///   - start: where the target begins; there is at least one byte.
    init(_ line: Span<UInt8>, from start: Int, method: RequestMethod) throws(MessageError) {
        let end = line.count
        let mark = try Self.questionMark(line, from: start)
        let first = line[start]
        guard method != .connect else {
            guard mark == nil, Authority.isValid(line.extracting(start...), portNeeded: true) else {
                throw MessageError("the target of CONNECT is not a host and a port")
            }
            hasPath = false
            target = RequestTarget(form: .authority, path: end..<end, query: nil)
            authority = start..<end
            return
        }
        if first == UInt8(ascii: "/") {
            hasPath = true
            target = Self.target(.origin, path: start, mark: mark, end: end)
            authority = nil
        } else if first == UInt8(ascii: "*"), end == start + 1 {
            guard method == .options else { throw MessageError("the target * goes with OPTIONS alone") }
            hasPath = false
            target = RequestTarget(form: .asterisk, path: end..<end, query: nil)
            authority = nil
        } else {
            let authorityStart = try Self.authorityStart(line, from: start)
            var path = authorityStart
            while path < mark ?? end, line[path] != UInt8(ascii: "/") { path += 1 }
            guard Authority.isValid(line.extracting(authorityStart..<path), portNeeded: false) else {
                throw MessageError("the target's authority is not a host with or without a port")
            }
            authority = authorityStart..<path
            hasPath = path < mark ?? end
            // RFC 9112 §3.2.4: OPTIONS for a whole server.
            let isAsterisk = method == .options && path == end
            target = Self.target(isAsterisk ? .asterisk : .absolute, path: path, mark: mark, end: end)
        }
        // A route must not lead where its path does not, nor past the base path of its upstream.
        guard !DotSegments.areIn(line.extracting(target.path)) else {
            throw MessageError("there is a segment . or .. in the path")
        }
    }

    private static func target(_ form: RequestTarget.Form, path: Int, mark: Int?, end: Int) -> RequestTarget {
        RequestTarget(form: form, path: path..<(mark ?? end), query: mark.map { $0 + 1..<end })
    }

    /// Where the query begins. Refuses every byte that no target may hold, and escapes that are not whole or
    /// spell a NUL.
    private static func questionMark(_ line: Span<UInt8>, from start: Int) throws(MessageError) -> Int? {
        var mark: Int?
        var index = line.nextTargetDelimiter(from: start)
        while index < line.count {
            switch line[index] {
            case UInt8(ascii: "?"):
                if mark == nil { mark = index }
                index = line.nextTargetDelimiter(from: index + 1)
            case UInt8(ascii: "%"):
                guard index + 2 < line.count, let high = ASCII.hexValue(line[index + 1]),
                    let low = ASCII.hexValue(line[index + 2])
                else { throw MessageError("a percent-escape in the target is broken") }
                guard high | low != 0 else { throw MessageError("there is an escaped NUL in the target") }
                index = line.nextTargetDelimiter(from: index + 3)
            case UInt8(ascii: "#"): throw MessageError("there is a fragment in the target")
            default: throw MessageError("there is a space, a control or a non-ASCII character in the target")
            }
        }
        return mark
    }

    /// Behind `http://` or `https://`, in any case.
    private static func authorityStart(_ line: Span<UInt8>, from start: Int) throws(MessageError) -> Int {
        for scheme in ["http://", "https://"] as [StaticString] {
            let end = start + scheme.utf8CodeUnitCount
            if end <= line.count, ASCII.equalIgnoringCase(line.extracting(start..<end), scheme) { return end }
        }
        throw MessageError("the target is neither a path nor an http URL")
    }
}
