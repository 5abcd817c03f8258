import NIOCore
import WeirCache
import WeirHTTP

/// Makes the ready-to-send forms of a stored response, once, so that a hit only adds what changes from one to the
/// next.
struct RepresentationBuilder {
    /// Fields of a 304 besides `Vary` and `ETag` (RFC 9110 §15.4.5).
    private static let unmodifiedNames: [FieldName] = [.cacheControl, .contentLocation, .date, .expires, .lastModified]
    private static let replaced: FieldNameSet = [.contentLength, .contentEncoding, .etag, .age]

    let status: UInt16
    /// As stored.
    let fields: FieldSection
    let variesByCoding: Bool

    func make(_ form: Representation.Form, body: ByteBuffer, etag: EntityTag?) -> Representation {
        var tag: ByteBuffer?
        if let etag {
            var bytes = ByteBuffer()
            etag.write(into: &bytes)
            tag = bytes
        }
        return Representation(
            form: form,
            head: head(form, length: body.readableBytes, tag: tag),
            notModifiedHead: notModifiedHead(form, tag: tag),
            body: body,
            etag: tag
        )
    }

    private func head(_ form: Representation.Form, length: Int, tag: ByteBuffer?) -> ByteBuffer {
        var head = ByteBuffer()
        head.reserveCapacity(fields.storage.readableBytes + 192)
        StatusLine.write(status, into: &head)
        fields.write(into: &head, skipping: Self.replaced)
        writeDescription(form, length: length, tag: tag, into: &head)
        return head
    }

    /// Of a 206 for this form, but for what says which part it is.
    /// - Parameters:
    ///   - replaced: fields that the caller writes itself.
    ///   - length: of the part.
    func partialHead(_ representation: Representation, without replaced: FieldNameSet, length: Int) -> ByteBuffer {
        var head = ByteBuffer()
        StatusLine.write(206, into: &head)
        fields.write(into: &head, skipping: Self.replaced.union(replaced))
        writeDescription(representation.form, length: length, tag: representation.etag, into: &head)
        return head
    }

    private func writeDescription(
        _ form: Representation.Form,
        length: Int,
        tag: ByteBuffer?,
        into head: inout ByteBuffer
    ) {
        if form.coding != .identity {
            OwnFields.write(contentEncoding: form.coding, into: &head)
        } else if !variesByCoding {
            // A coding that is not Weir's to undo stays.
            writeLines(.contentEncoding, into: &head)
        }
        writeTail(form, tag: tag, into: &head)
        // RFC 9110 §8.6.
        guard status != 204 else { return }
        head.writeStaticString("Content-Length: ")
        head.writeDecimal(length)
        head.writeStaticString("\r\n")
    }

    private func notModifiedHead(_ form: Representation.Form, tag: ByteBuffer?) -> ByteBuffer {
        var head = ByteBuffer()
        StatusLine.write(304, into: &head)
        for name in Self.unmodifiedNames { writeLines(name, into: &head) }
        writeLines(.vary, into: &head)
        writeTail(form, tag: tag, into: &head)
        return head
    }

    private func writeTail(_ form: Representation.Form, tag: ByteBuffer?, into head: inout ByteBuffer) {
        if let tag {
            head.writeStaticString("ETag: ")
            head.writeImmutableBuffer(tag)
            head.writeStaticString("\r\n")
        } else if form.coding == .identity || fields.contains(.contentEncoding) {
            // As it was received: what cannot be read as a tag is kept as any other field (RFC 9111 §3.1).
            writeLines(.etag, into: &head)
        }
        if variesByCoding { OwnFields.writeVaryByCoding(unlessNamedIn: fields, into: &head) }
        head.writeStaticString("Via: 1.1 weir\r\n")
    }

    private func writeLines(_ name: FieldName, into head: inout ByteBuffer) {
        for line in fields.lines where line.name == name { fields.write(line, into: &head) }
    }
}
