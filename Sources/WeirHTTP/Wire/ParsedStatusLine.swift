/// What a status line says (RFC 9112 §4): `HTTP/1.x SP 3DIGIT [SP reason]`.
struct ParsedStatusLine: Sendable {
    var version: HTTPVersion
    /// 100 to 999: a proxy passes codes beyond 599 on as they are.
    var status: UInt16

    /// - Parameter line: the line without its CRLF; holds no control characters but tabs.
    init(_ line: Span<UInt8>) throws(MessageError) {
        let codeStart = ParsedRequestLine.versionLength + 1
        let codeEnd = codeStart + 3
        guard line.count >= codeEnd, line[codeStart - 1] == ASCII.space,
            line.count == codeEnd || line[codeEnd] == ASCII.space
        else { throw MessageError("the status line is not a version, a status and a reason") }
        version = try ParsedRequestLine.version(line.extracting(..<ParsedRequestLine.versionLength))
        guard let code = FramingFields.number(line.extracting(codeStart..<codeEnd)), code >= 100 else {
            throw MessageError("the status is not a number of three digits")
        }
        status = UInt16(code)
    }
}
