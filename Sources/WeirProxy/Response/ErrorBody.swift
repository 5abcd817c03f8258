import NIOCore
import WeirHTTP

/// Answers of Weir's own, in the shape that OpenAI clients already understand.
enum ErrorBody {
    static func json(for error: ProxyError, requestID: ByteBufferView) -> ByteBuffer {
        var body = ByteBuffer()
        body.writeStaticString("{\"error\": {\"message\": \"")
        writeEscaped(error.message, into: &body)
        body.writeStaticString("\", \"type\": \"")
        body.writeString(error.type)
        body.writeStaticString("\", \"code\": \"")
        body.writeString(error.code)
        body.writeStaticString("\", \"param\": null, \"request_id\": \"")
        writeEscaped(String(decoding: requestID, as: UTF8.self), into: &body)
        body.writeStaticString("\"}}\n")
        return body
    }

    /// A whole response that closes its connection, for what never became an exchange.
    static func response(for error: ProxyError, requestID: ByteBufferView, worker: Worker) -> ByteBuffer {
        worker.refreshDate()
        let body = json(for: error, requestID: requestID)
        var response = ByteBuffer()
        StatusLine.write(error.status, into: &response)
        response.writeStaticString("Content-Type: application/json\r\nContent-Length: ")
        response.writeDecimal(body.readableBytes)
        response.writeStaticString("\r\nX-Request-Id: ")
        response.writeBytes(requestID)
        response.writeStaticString("\r\n")
        if let seconds = error.retryAfter {
            response.writeStaticString("Retry-After: ")
            response.writeDecimal(seconds)
            response.writeStaticString("\r\n")
        }
        response.writeImmutableBuffer(worker.dates.line)
        // Of RFC 9211 all that there is to say where no cache was looked into.
        response.writeStaticString("Cache-Status: weir\r\nVia: 1.1 weir\r\nConnection: close\r\n\r\n")
        response.writeImmutableBuffer(body)
        return response
    }

    /// JSON string escapes (RFC 8259 §7).
    private static func writeEscaped(_ text: String, into buffer: inout ByteBuffer) {
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": buffer.writeStaticString("\\\"")
            case "\\": buffer.writeStaticString("\\\\")
            case let control where control.value < 0x20: buffer.writeStaticString(" ")
            default: buffer.writeString(String(scalar))
            }
        }
    }
}
