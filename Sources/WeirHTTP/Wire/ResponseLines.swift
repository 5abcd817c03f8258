import NIOCore

/// Puts response heads together from the lines that libcurl hands over, one whole line at a time.
///
///     status line ─▶ field line* ─▶ empty line ─┬─ 1xx ──▶ status line …
///                                               └─ final ─▶ trailer line*
///
/// libcurl is lenient, and what it takes for a head goes on to clients and into the cache. So the lines go through
/// ``ResponseDecoder`` once more: the same rules and the same bounds as for upstreams that Weir reads by itself.
package struct ResponseLines: Sendable {
    private let limits: HeadLimits
    private var decoder: ResponseDecoder
    /// The lines of the head, later those of the trailer section, that have come so far.
    private var lines = ByteBuffer()
    package private(set) var isHTTP2 = false
    /// Whether the final head has been received.
    package private(set) var isFinal = false

    /// - Parameter method: of the request; it decides how the response is framed (RFC 9112 §6.3).
    package init(answering method: RequestMethod, limits: HeadLimits = HeadLimits()) {
        self.limits = limits
        decoder = ResponseDecoder(limits: limits)
        decoder.begin(answering: method)
    }

    /// Takes a line with its CRLF.
    /// - Returns: a head, informational or final, once its empty line has come.
    /// - Throws: with status 502; the response is then of no use.
    package mutating func receive(line: Span<UInt8>) throws(MessageError) -> ResponseHead? {
        guard lines.readableBytes + line.count <= limits.head else { throw MessageError(502, "the head is too large") }
        let end = line.count - 2
        guard end >= 0, line[end] == ASCII.carriageReturn, line[end + 1] == ASCII.lineFeed else {
            // libcurl would take it for an end, and the decoder would wait for more.
            throw MessageError(502, "a line does not end in CR LF")
        }
        if lines.readableBytes == 0 && !isFinal {
            writeStatusLine(line)
        } else {
            write(line)
        }
        return end == 0 && !isFinal ? try finish() : nil
    }

    /// The trailer section that followed the body, without what may not be there.
    /// - Throws: with status 502.
    package func trailers() throws(MessageError) -> FieldSection {
        guard isFinal, lines.readableBytes > 0 else { return FieldSection() }
        var message = ByteBuffer(staticString: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n")
        message.writeImmutableBuffer(lines)
        message.writeStaticString("\r\n")
        var decoder = ResponseDecoder(limits: limits)
        decoder.begin(answering: .get)
        while let part = try decoder.decode(&message) {
            guard case .end(let trailers) = part else { continue }
            guard message.readableBytes == 0 else { break }
            return trailers
        }
        throw MessageError(502, "the trailer section does not end where the message does")
    }

    /// The status line, as HTTP/1.1 has it where libcurl has made one up for HTTP/2: `HTTP/2 200 `.
    private mutating func writeStatusLine(_ line: Span<UInt8>) {
        let made: StaticString = "HTTP/2"
        let prefix = line.extracting(first: made.utf8CodeUnitCount)
        isHTTP2 =
            line.count > prefix.count && line[prefix.count] == ASCII.space
            && ASCII.equalIgnoringCase(prefix, made)
        guard isHTTP2 else { return write(line) }
        lines.writeStaticString("HTTP/1.1")
        write(line.extracting(droppingFirst: prefix.count))
    }

    private mutating func write(_ line: Span<UInt8>) {
        // Unsafe only for elements with padding between or within them, of which bytes have none.
        unsafe lines.writeBytes(line.bytes)
    }

    private mutating func finish() throws(MessageError) -> ResponseHead {
        let part = try decoder.decode(&lines)
        guard lines.readableBytes == 0 else { throw MessageError(502, "a head has an empty line in it") }
        lines = ByteBuffer()
        switch part {
        case .informational(let head):
            return head
        case .head(var head):
            isFinal = true
            // The end of an HTTP/2 stream is as certain as a last chunk (RFC 9113 §8.1).
            if isHTTP2, head.framing == .untilClose { head.framing = .chunked }
            // What happens to the connection is libcurl's affair.
            head.isPersistent = true
            return head
        case .body, .end, nil:
            throw MessageError(502, "the head is not one")
        }
    }
}
