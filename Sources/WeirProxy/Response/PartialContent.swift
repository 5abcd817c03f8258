import NIOCore
import WeirCache
import WeirHTTP

/// A 206 from a stored form: one part of it, or several as `multipart/byteranges` (RFC 9110 §14.6, §15.3.7).
struct PartialContent {
    /// Status line and fields, as ``Representation/head``.
    let head: ByteBuffer
    let body: StoredBody
    let length: Int

    /// - Parameters:
    ///   - parts: at least one, within the body.
    ///   - boundary: that nobody can have put into the body: called for several parts alone.
    init(
        _ parts: [Range<Int>],
        of representation: Representation,
        stored: StoredResponse,
        boundary: () -> String = PartialContent.randomBoundary
    ) {
        let builder = RepresentationBuilder(
            status: stored.status,
            fields: stored.fields,
            variesByCoding: stored.variesByCoding
        )
        if parts.count == 1 {
            length = parts[0].count
            var head = builder.partialHead(representation, without: [.contentRange], length: length)
            Self.writeContentRange(parts[0], of: representation.body.readableBytes, into: &head)
            self.head = head
            body = StoredBody(Self.slice(representation.body, parts[0]))
        } else {
            let boundary = boundary()
            let segments = Self.segments(parts, of: representation.body, fields: stored.fields, boundary: boundary)
            length = segments.reduce(0) { $0 + $1.readableBytes }
            var head = builder.partialHead(representation, without: [.contentRange, .contentType], length: length)
            head.writeString("Content-Type: multipart/byteranges; boundary=\(boundary)\r\n")
            self.head = head
            body = StoredBody(segments: segments)
        }
    }

    /// Each part behind its own fields, and the end (RFC 2046 §5.1.1).
    private static func segments(
        _ parts: [Range<Int>],
        of body: ByteBuffer,
        fields: FieldSection,
        boundary: String
    ) -> [ByteBuffer] {
        var segments: [ByteBuffer] = []
        for (index, part) in parts.enumerated() {
            var heading = ByteBuffer(string: "\(index == 0 ? "" : "\r\n")--\(boundary)\r\n")
            for line in fields.lines where line.name == .contentType { fields.write(line, into: &heading) }
            writeContentRange(part, of: body.readableBytes, into: &heading)
            heading.writeStaticString("\r\n")
            segments += [heading, slice(body, part)]
        }
        segments.append(ByteBuffer(string: "\r\n--\(boundary)--\r\n"))
        return segments
    }

    private static func slice(_ body: ByteBuffer, _ part: Range<Int>) -> ByteBuffer {
        guard let slice = body.getSlice(at: body.readerIndex + part.lowerBound, length: part.count) else {
            preconditionFailure("Cannot take a part that is not in the body")
        }
        return slice
    }

    private static func writeContentRange(_ part: Range<Int>, of length: Int, into buffer: inout ByteBuffer) {
        buffer.writeStaticString("Content-Range: bytes ")
        buffer.writeDecimal(part.lowerBound)
        buffer.writeStaticString("-")
        buffer.writeDecimal(part.upperBound - 1)
        buffer.writeStaticString("/")
        buffer.writeDecimal(length)
        buffer.writeStaticString("\r\n")
    }

    static func randomBoundary() -> String {
        "weir-" + String(UInt64.random(in: .min ... .max), radix: 36)
            + String(UInt64.random(in: .min ... .max), radix: 36)
    }
}
