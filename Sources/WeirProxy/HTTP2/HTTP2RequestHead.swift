import NIOCore
import NIOHPACK
import WeirHTTP

/// A request's HEADERS as the head that an HTTP/1.1 request would have (RFC 9113 §8.3.1), read by the same parser: what
/// HTTP/1.1 cannot carry without doubt is refused in HTTP/2 too, and counts against the same limits.
///
/// NIOHTTP2 has refused before what makes a request malformed in HTTP/2 alone: pseudo-header fields that are repeated,
/// missing, unknown or out of place, names that are not lower-case tokens, and fields of a connection.
struct HTTP2RequestHead {
    private var method = ""
    private var path: String?
    private var scheme: String?
    private var authority: String?
    private var host: String?
    private var cookies: [String] = []
    private var hasLength = false
    private var lines = ByteBuffer()

    /// - Parameter hasBody: whether DATA follows.
    static func read(
        _ headers: HPACKHeaders,
        hasBody: Bool,
        limits: HeadLimits
    ) throws(MessageError) -> RequestHead {
        var head = HTTP2RequestHead()
        for (name, value, _) in headers { try head.add(name, value) }
        var text = try head.text(hasBody: hasBody)
        var decoder = RequestDecoder(limits: limits)
        guard case .head(let parsed)? = try decoder.decode(&text), text.readableBytes == 0 else {
            throw MessageError(400, "a field or pseudo-header field holds what no head can hold")
        }
        return parsed
    }

    private mutating func add(_ name: String, _ value: String) throws(MessageError) {
        // NIOHTTP2 lets none through; here it would make two lines of one.
        guard !Self.breaksLine(name), !Self.breaksLine(value) else {
            throw MessageError(400, "there is a CR, LF or NUL in a field")
        }
        // What NIOHTTP2 puts in place of bytes that are no UTF-8: two credentials could become one.
        guard !value.unicodeScalars.contains("\u{FFFD}") else {
            throw MessageError(400, "a field holds bytes that are not UTF-8")
        }
        switch name {
        case ":method": method = value
        case ":path": path = value
        case ":scheme": scheme = value
        case ":authority": authority = value
        case "host":
            guard host == nil else { throw MessageError(400, "Host is repeated") }
            host = value
        // Split for the sake of compression (RFC 9113 §8.2.3).
        case "cookie": cookies.append(value)
        default:
            if name == "content-length" { hasLength = true }
            addLine(name, value)
        }
    }

    private static func breaksLine(_ text: String) -> Bool {
        text.utf8.contains { $0 == ASCII.carriageReturn || $0 == ASCII.lineFeed || $0 == 0 }
    }

    private mutating func addLine(_ name: String, _ value: String) {
        lines.writeString(name)
        lines.writeStaticString(": ")
        lines.writeString(value)
        lines.writeStaticString("\r\n")
    }

    private mutating func text(hasBody: Bool) throws(MessageError) -> ByteBuffer {
        let target = try target()
        guard !method.utf8.contains(ASCII.space), !target.utf8.contains(ASCII.space) else {
            throw MessageError(400, "there is a space in :method or :path")
        }
        if let host = try agreedHost() { addLine("host", host) }
        if !cookies.isEmpty { addLine("cookie", cookies.joined(separator: "; ")) }
        if hasBody, !hasLength, method != "CONNECT" { addLine("transfer-encoding", "chunked") }
        var text = ByteBuffer()
        text.reserveCapacity(lines.readableBytes + target.utf8.count + 32)
        text.writeString(method)
        text.writeStaticString(" ")
        text.writeString(target)
        text.writeStaticString(" HTTP/1.1\r\n")
        text.writeImmutableBuffer(lines)
        text.writeStaticString("\r\n")
        return text
    }

    private func target() throws(MessageError) -> String {
        if method == "CONNECT" { return authority ?? "" }
        guard scheme == "http" || scheme == "https" else {
            throw MessageError(400, ":scheme is neither http nor https")
        }
        guard let path, path.utf8.first == UInt8(ascii: "/") || (path == "*" && method == "OPTIONS") else {
            throw MessageError(400, ":path does not begin with a slash")
        }
        return path
    }

    /// RFC 9113 §8.3.1: where both are there they name the same.
    private func agreedHost() throws(MessageError) -> String? {
        guard let authority else { return host }
        if let host, !ASCII.equalIgnoringCase(host.utf8, authority.utf8) {
            throw MessageError(400, ":authority and Host name different authorities")
        }
        return authority
    }
}
