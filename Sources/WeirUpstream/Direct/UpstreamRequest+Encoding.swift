import NIOCore
import WeirHTTP

extension UpstreamRequest {
    /// Writes the head, and the framing fields that the body asks for (RFC 9112 §6).
    func writeHead(into buffer: inout ByteBuffer) {
        RequestLine.write(methodName: methodName, target: target, into: &buffer)
        fields.write(into: &buffer)
        if let upgrade {
            buffer.writeStaticString("Connection: Upgrade\r\nUpgrade: ")
            buffer.writeString(upgrade.value)
            buffer.writeStaticString("\r\n")
        }
        switch body {
        case .none:
            // A method that has a meaning for a body tells that there is none (RFC 9110 §8.6).
            switch method {
            case .post, .put, .patch: buffer.writeStaticString("Content-Length: 0\r\n")
            case .get, .head, .delete, .options, .trace, .connect, .other: break
            }
        case .whole(let body): writeLength(UInt64(body.readableBytes), into: &buffer)
        case .streamed(let length?): writeLength(length, into: &buffer)
        case .streamed(nil): buffer.writeStaticString("Transfer-Encoding: chunked\r\n")
        }
        buffer.writeStaticString("\r\n")
    }

    private func writeLength(_ length: UInt64, into buffer: inout ByteBuffer) {
        buffer.writeStaticString("Content-Length: ")
        buffer.writeString(String(length))
        buffer.writeStaticString("\r\n")
    }
}
