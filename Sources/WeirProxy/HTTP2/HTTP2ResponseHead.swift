import NIOCore
import NIOHPACK
import WeirHTTP

/// A response's head as an exchange hands it over, in HTTP/1.1's form, as HEADERS (RFC 9113 §8.3.2).
enum HTTP2ResponseHead {
    /// `HTTP/1.1 ` stands before the status.
    private static let statusStart = 9

    /// What differs from one response to the next would only push out of the compression table what does not.
    private static let changing: Set<String> = [
        "age", "cache-status", "content-length", "etag", "last-modified", "x-request-id", "x-upstream-request-id",
    ]

    static func make(_ head: ByteBuffer) -> HPACKHeaders {
        let lines = head.readableBytesView.split(separator: ASCII.lineFeed, omittingEmptySubsequences: true)
        var headers = HPACKHeaders()
        headers.reserveCapacity(lines.count)
        let status = lines.first.map { $0.dropFirst(statusStart).prefix(3) }
        headers.add(name: ":status", value: status.map { String(decoding: $0, as: UTF8.self) } ?? "500")
        for line in lines.dropFirst() { add(line, to: &headers) }
        return headers
    }

    /// Fields that stand behind a body (RFC 9113 §8.1).
    static func trailers(_ fields: FieldSection) -> HPACKHeaders {
        var headers = HPACKHeaders()
        for line in fields.lines {
            let name = String(decoding: fields.name(of: line).map(ASCII.lowercased), as: UTF8.self)
            headers.add(name: name, value: text(fields.value(of: line)), indexing: .nonIndexable)
        }
        return headers
    }

    /// NIOHTTP2 takes text alone. Bytes that are none in UTF-8 are taken for ISO 8859-1, which they once were by rule (RFC
    /// 9110 §5.5).
    private static func text(_ value: ByteBufferView) -> String {
        String(validating: value, as: UTF8.self)
            ?? String(String.UnicodeScalarView(value.map { Unicode.Scalar($0) }))
    }

    private static func add(_ line: ByteBufferView, to headers: inout HPACKHeaders) {
        guard let colon = line.firstIndex(of: ASCII.colon) else { return }
        let name = String(decoding: line[..<colon].map(ASCII.lowercased), as: UTF8.self)
        // They mean nothing on a stream, and make a response malformed (RFC 9113 §8.2.2).
        if ["connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade"].contains(name) { return }
        var value = line[line.index(after: colon)...]
        while let first = value.first, first == ASCII.space || first == ASCII.tab { value = value.dropFirst() }
        while let last = value.last, last == ASCII.carriageReturn || last == ASCII.space || last == ASCII.tab {
            value = value.dropLast()
        }
        let indexing: HPACKIndexing =
            name == "set-cookie" ? .neverIndexed : changing.contains(name) ? .nonIndexable : .indexable
        headers.add(name: name, value: text(value), indexing: indexing)
    }
}
