import NIOCore
import WeirHTTP

/// Puts response heads together from the lines that libcurl hands over, one at a time and always whole.
///
///     status line ─▶ field line* ─▶ empty line ─┬─ 1xx ──▶ status line …
///                                               └─ final ─▶ trailer line*
///
/// libcurl is lenient and this is not: what it takes for a head goes on to clients and into the cache, so lines are
/// held to RFC 9112's grammar and framing fields to RFC 9112 §6 once more, and everything has a bound.
struct CurlHead {
    private enum Phase { case statusLine, fields, trailers }

    /// 1xx heads before the final one; more are a flood.
    private static let informationalBound = 16
    /// Fields that belong to the connection and not to the response (RFC 9110 §7.6.1).
    private static let hopByHop: FieldNameSet = [
        .connection, .keepAlive, .proxyConnection, .transferEncoding, .upgrade,
    ]

    private let limits: HeadLimits
    private let method: RequestMethod
    private var phase = Phase.statusLine
    private var informationals = 0
    private var status: UInt16 = 0
    private var isHTTP2 = false
    private var version = HTTPVersion.http11
    private var storage = ByteBuffer()
    private var lines: [FieldLine] = []

    /// - Parameter method: of the request; it decides how the response is framed (RFC 9112 §6.3).
    init(answering method: RequestMethod, limits: HeadLimits = HeadLimits()) {
        self.method = method
        self.limits = limits
    }

    /// Whether the final head has been received.
    var isFinal: Bool { phase == .trailers }

    /// The trailer section that followed the body.
    var trailers: FieldSection {
        guard phase == .trailers else { return FieldSection() }
        var section = FieldSection(storage: storage, lines: lines)
        section.removeAll(in: Self.hopByHop)
        section.removeAll(.contentLength)
        return section
    }

    /// Takes a line with its CRLF.
    /// - Returns: a head, informational or final, once its empty line has come.
    /// - Throws: ``UpstreamError/malformed(_:)``; the response is then of no use.
    mutating func receive(line: Span<UInt8>) throws(UpstreamError) -> ResponseHead? {
        guard storage.readableBytes + line.count <= limits.head else { throw .malformed("response head too large") }
        let count = line.count
        guard count >= 2, line[count - 1] == ASCII.lineFeed, line[count - 2] == ASCII.carriageReturn else {
            throw .malformed("line without CRLF in a response head")
        }
        switch phase {
        case .statusLine:
            try readStatusLine(line)
            phase = .fields
            return nil
        case .fields:
            if count == 2 { return try finish() }
            try readField(line)
            return nil
        case .trailers:
            if count > 2 { try readField(line) }
            return nil
        }
    }

    /// `HTTP/1.1 200 OK` or `HTTP/2 200 ` (RFC 9112 §4; libcurl writes the latter for HTTP/2).
    private mutating func readStatusLine(_ line: Span<UInt8>) throws(UpstreamError) {
        let rest: Int
        if Self.begins(line, with: "HTTP/2 ") {
            (isHTTP2, version, rest) = (true, .http11, 7)
        } else if Self.begins(line, with: "HTTP/1.1 ") {
            (isHTTP2, version, rest) = (false, .http11, 9)
        } else if Self.begins(line, with: "HTTP/1.0 ") {
            (isHTTP2, version, rest) = (false, .http10, 9)
        } else {
            throw .malformed("unknown status line")
        }
        guard line.count >= rest + 5, line[rest + 3] == ASCII.space || line[rest + 3] == ASCII.carriageReturn else {
            throw .malformed("bad status code")
        }
        status = 0
        for index in rest..<rest + 3 {
            guard ASCII.isDigit(line[index]) else { throw .malformed("bad status code") }
            status = status * 10 + UInt16(line[index] - 0x30)
        }
        guard status >= 100, status != 101 else { throw .malformed("bad status code") }
        for index in rest + 3..<line.count - 2 where !ASCII.isFieldValueByte(line[index]) {
            throw .malformed("control byte in a status line")
        }
        keep(line)
    }

    private mutating func readField(_ line: Span<UInt8>) throws(UpstreamError) {
        guard lines.count < limits.fields else { throw .malformed("too many response fields") }
        var colon = 0
        while ASCII.isTokenCharacter(line[colon]) { colon += 1 }
        // An empty name, white space in or after it and folded lines (RFC 9112 §5.1, §5.2) all end up here.
        guard colon > 0, line[colon] == ASCII.colon else { throw .malformed("bad field name in a response") }
        var start = colon + 1
        var end = line.count - 2
        while start < end, ASCII.isBlank(line[start]) { start += 1 }
        while end > start, ASCII.isBlank(line[end - 1]) { end -= 1 }
        for index in start..<end where !ASCII.isFieldValueByte(line[index]) {
            throw .malformed("control byte in a response field")
        }
        let origin = storage.writerIndex
        keep(line)
        lines.append(
            FieldLine(
                name: FieldName.recognise(line.extracting(0..<colon)),
                nameStart: UInt32(origin),
                nameLength: UInt16(colon),
                valueStart: UInt32(origin + start),
                valueLength: UInt32(end - start)
            )
        )
    }

    private mutating func keep(_ line: Span<UInt8>) {
        // Unsafe only for elements with padding between or within them, of which bytes have none.
        unsafe storage.writeBytes(line.bytes)
    }

    private mutating func finish() throws(UpstreamError) -> ResponseHead {
        var fields = FieldSection(storage: storage, lines: lines)
        storage = ByteBuffer()
        lines = []
        let isFinal = status >= 200
        let framing = isFinal ? try framing(of: fields) : .none
        if isFinal {
            phase = .trailers
        } else {
            phase = .statusLine
            informationals += 1
            guard informationals <= Self.informationalBound else { throw .malformed("too many 1xx responses") }
        }
        Self.removeHopByHop(from: &fields)
        return ResponseHead(status: status, version: version, framing: framing, fields: fields)
    }

    /// RFC 9112 §6.3, refusing where it leaves a choice.
    private func framing(of fields: FieldSection) throws(UpstreamError) -> BodyFraming {
        var length: UInt64?
        for value in fields.values(.contentLength) {
            guard length == nil, let parsed = Self.length(value) else { throw .malformed("bad Content-Length") }
            length = parsed
        }
        let codings = fields.count(of: .transferEncoding)
        if codings > 0 {
            guard codings == 1, let coding = fields.first(.transferEncoding),
                ASCII.equalIgnoringCase(coding, "chunked"), version == .http11, length == nil
            else { throw .malformed("bad Transfer-Encoding") }
        }
        if status == 204 || status == 304 { return .none }
        if let length { return .length(length) }
        if method == .head { return .none }
        // The end of an HTTP/2 stream is as certain as a last chunk (RFC 9113 §8.1).
        return codings > 0 || isHTTP2 ? .chunked : .untilClose
    }

    /// What `Connection` names goes too, unless it is a field with a meaning of its own that nobody may take away.
    private static func removeHopByHop(from fields: inout FieldSection) {
        var named: [String] = []
        for value in fields.values(.connection) {
            for token in value.split(separator: ASCII.comma) {
                let name = String(decoding: token.filter { !ASCII.isBlank($0) }, as: UTF8.self)
                if FieldName.recognise(name) == .other { named.append(name) }
            }
        }
        for name in named { fields.removeAll(named: name) }
        fields.removeAll(in: hopByHop)
    }

    /// `1*DIGIT`, and nothing that a client's 64-bit integer does not hold.
    private static func length(_ value: ByteBufferView) -> UInt64? {
        guard !value.isEmpty, value.count <= 18 else { return nil }
        var length: UInt64 = 0
        for byte in value {
            guard ASCII.isDigit(byte) else { return nil }
            length = length * 10 + UInt64(byte - 0x30)
        }
        return length
    }

    private static func begins(_ line: Span<UInt8>, with prefix: StaticString) -> Bool {
        guard line.count >= prefix.utf8CodeUnitCount else { return false }
        return prefix.withUTF8Buffer { expected in
            for index in 0..<expected.count where unsafe line[index] != expected[index] { return false }
            return true
        }
    }
}
