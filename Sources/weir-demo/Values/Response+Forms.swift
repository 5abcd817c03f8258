import HTTPTypes
import Hummingbird
import NIOCore

extension Response {
    /// A JSON answer with `Content-Length`.
    static func json(
        _ value: JSONValue,
        status: HTTPResponse.Status = .ok,
        headers: HTTPFields = [:]
    ) -> Response {
        var headers = headers
        headers[.contentType] = "application/json"
        return Response(
            status: status,
            headers: headers,
            body: ResponseBody(byteBuffer: ByteBuffer(string: value.text))
        )
    }

    /// An answer that says how long it is, and then breaks the connection off after `count` bytes.
    static func cut(
        _ bytes: [UInt8],
        after count: Int,
        chunked: Bool = false,
        headers: HTTPFields = [:]
    ) -> Response {
        Response(
            status: .ok,
            headers: headers,
            body: ResponseBody(contentLength: chunked ? nil : bytes.count) { writer in
                if count > 0 { try await writer.write(ByteBuffer(bytes: bytes.prefix(count))) }
                throw BrokenOff()
            }
        )
    }
}
