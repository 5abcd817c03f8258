/// What a request line says (RFC 9112 §3): `method SP target SP HTTP/1.x`, one space each.
struct ParsedRequestLine: Sendable {
    var method: RequestMethod
    var version: HTTPVersion
    /// All ranges count from the head's first byte.
    var methodRange: Range<Int>
    var targetRange: Range<Int>
    var target: ParsedTarget

    /// - Parameter line: the line without its CRLF; holds no control characters but tabs.
    init(_ line: Span<UInt8>, limits: HeadLimits) throws(MessageError) {
        let methodEnd = line.endOfToken(from: 0)
        guard methodEnd > 0, methodEnd < line.count, line[methodEnd] == ASCII.space else {
            throw MessageError("the request line does not begin with a method and a space")
        }
        let targetEnd = line.count - Self.versionLength - 1
        guard targetEnd > methodEnd + 1, line[targetEnd] == ASCII.space else {
            throw MessageError("the request line is not a method, a target and a version with one space between")
        }
        version = try Self.version(line.extracting((targetEnd + 1)...))
        methodRange = 0..<methodEnd
        targetRange = (methodEnd + 1)..<targetEnd
        guard targetRange.count <= limits.target else { throw MessageError(414, "the request target is too long") }
        method = RequestMethod(line.extracting(methodRange))
        target = try ParsedTarget(line.extracting(..<targetEnd), from: methodEnd + 1, method: method)
    }

    /// `HTTP/1.1` has so many bytes, and so has any other version that is well formed.
    static let versionLength = 8

    /// - Parameter bytes: ``versionLength`` of them.
    static func version(_ bytes: Span<UInt8>) throws(MessageError) -> HTTPVersion {
        guard ASCII.isDigit(bytes[5]), bytes[6] == UInt8(ascii: "."), ASCII.isDigit(bytes[7]),
            bytes.halfWord(at: 0) == 0x5054_5448, bytes[4] == UInt8(ascii: "/")
        else { throw MessageError("the line does not name a version of HTTP where it should") }
        switch (bytes[5], bytes[7]) {
        case (0x31, 0x31): return .http11
        case (0x31, 0x30): return .http10
        default: throw MessageError(505, "the version of HTTP is neither 1.1 nor 1.0")
        }
    }
}
