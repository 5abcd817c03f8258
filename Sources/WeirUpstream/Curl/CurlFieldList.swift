import CCurl
import NIOCore
import WeirHTTP

/// A request's fields as the linked list of strings that libcurl takes; freed with this value.
struct CurlFieldList: ~Copyable {
    private var list = CurlStringList()

    /// Written by libcurl from the body, or not valid on a connection that libcurl keeps (RFC 9110 §7.6.1).
    private static let left: FieldNameSet = [.contentLength, .transferEncoding, .connection, .keepAlive]
    /// What libcurl would add of its own accord.
    private static let suppressed: [(name: FieldName, line: StaticString)] = [
        (.accept, "Accept:"), (.expect, "Expect:"), (.userAgent, "User-Agent:"), (.contentType, "Content-Type:"),
    ]

    /// - Returns: nil when a field would not reach the wire as it stands: a control byte in its value.
    init?(_ fields: FieldSection) {
        var line = ByteBuffer()
        for field in fields.lines where !Self.left.contains(field.name) {
            let value = fields.value(of: field)
            guard value.allSatisfy(ASCII.isFieldValueByte) else { return nil }
            line.clear()
            line.writeBytes(fields.name(of: field))
            // libcurl's spelling of a field with an empty value; with a colon it would leave the field out.
            line.writeStaticString(value.isEmpty ? ";" : ": ")
            line.writeBytes(value)
            guard list.append(&line) else { return nil }
        }
        for (name, text) in Self.suppressed where !fields.contains(name) {
            line.clear()
            line.writeStaticString(text)
            guard list.append(&line) else { return nil }
        }
    }

    /// - Returns: whether libcurl took it. The list must outlive the transfer.
    func set(on handle: CurlHandle) -> Bool { list.set(CURLOPT_HTTPHEADER, on: handle) }
}
