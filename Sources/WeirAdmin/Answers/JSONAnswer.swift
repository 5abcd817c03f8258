import HTTPTypes
import Hummingbird
import NIOCore

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Makes JSON responses: members sorted, so that equal values are equal bytes, and a line break at the end.
enum JSONAnswer {
    enum Layout {
        /// One line, for programs.
        case compact
        /// Indented, for people who look.
        case indented
    }

    static func response(
        _ value: some Encodable,
        status: HTTPResponse.Status = .ok,
        layout: Layout = .compact
    ) throws -> Response {
        Response(
            status: status,
            headers: [.contentType: "application/json"],
            body: ResponseBody(byteBuffer: try line(value, layout: layout))
        )
    }

    static func line(_ value: some Encodable, layout: Layout = .compact) throws -> ByteBuffer {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        if layout == .indented { encoder.outputFormatting.insert(.prettyPrinted) }
        var bytes = ByteBuffer(bytes: try encoder.encode(value))
        bytes.writeStaticString("\n")
        return bytes
    }
}
