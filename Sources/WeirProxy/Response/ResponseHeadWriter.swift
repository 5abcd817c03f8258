import NIOCore
import WeirHTTP

/// Writes the head of a response that streams through: the upstream's fields without what ends here, and Weir's own.
struct ResponseHeadWriter {
    /// Written afresh below, or ended here.
    private static let replaced: FieldNameSet = HopByHop.names.union([
        .contentLength, .xRequestId, .xUpstreamRequestId, .trailer,
    ])

    var response: ResponseHead
    var coding: ResponseCoding
    var variesByCoding: Bool
    var framing: ClientFraming
    var cacheStatus: CacheStatus
    /// What this client does not get.
    var hidden: FieldNameSet = []

    func write(requestID: ByteBufferView, worker: Worker, into buffer: inout ByteBuffer) {
        StatusLine.write(response.status, into: &buffer)
        writeUpstreamFields(into: &buffer)
        writeCodingFields(into: &buffer)
        if let id = response.fields.first(.xRequestId) {
            buffer.writeStaticString("X-Upstream-Request-Id: ")
            buffer.writeBytes(id)
            buffer.writeStaticString("\r\n")
        }
        if !response.fields.contains(.date) { buffer.writeImmutableBuffer(worker.dates.line) }
        OwnFields.write(cacheStatus: cacheStatus, requestID: requestID, into: &buffer)
        buffer.writeStaticString("Via: 1.1 weir\r\n")
        writeLength(into: &buffer)
    }

    private func writeUpstreamFields(into buffer: inout ByteBuffer) {
        var skipped = Self.replaced.union(hidden)
        if coding != .unchanged {
            skipped.formUnion([.contentEncoding, .etag, .acceptRanges, .contentRange])
        }
        let options = ConnectionOptions(response.fields)
        for line in response.fields.lines where !skipped.contains(line.name) {
            if options.names(line, of: response.fields) { continue }
            response.fields.write(line, into: &buffer)
        }
    }

    private func writeCodingFields(into buffer: inout ByteBuffer) {
        if variesByCoding { OwnFields.writeVaryByCoding(unlessNamedIn: response.fields, into: &buffer) }
        guard coding != .unchanged else { return }
        if let tag = coding.entityTag(response.fields) {
            buffer.writeStaticString("ETag: ")
            tag.write(into: &buffer)
            buffer.writeStaticString("\r\n")
        }
        if case .compress(let made) = coding, response.status != 304 {
            OwnFields.write(contentEncoding: made, into: &buffer)
        }
    }

    private func writeLength(into buffer: inout ByteBuffer) {
        switch framing {
        case .noBody(let length?), .length(let length):
            buffer.writeStaticString("Content-Length: ")
            buffer.writeDecimal(Int64(clamping: length))
            buffer.writeStaticString("\r\n")
        case .noBody(nil), .chunked, .untilClose: break
        }
    }
}
