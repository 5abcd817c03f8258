import CCurl
import NIOCore
import WeirHTTP

/// A request's fields as the linked list of strings that libcurl takes; freed with this value.
@safe
struct CurlFieldList: ~Copyable {
    /// Owned: built by `curl_slist_append` alone and freed once, in `deinit`. Nothing else changes it.
    private var list: UnsafeMutablePointer<curl_slist>?

    /// Written by libcurl from the body, or not valid on a connection that libcurl keeps (RFC 9110 §7.6.1).
    private static let left: FieldNameSet = [.contentLength, .transferEncoding, .connection, .keepAlive]
    /// What libcurl would add of its own accord.
    private static let suppressed: [(name: FieldName, line: StaticString)] = [
        (.accept, "Accept:"), (.expect, "Expect:"), (.userAgent, "User-Agent:"), (.contentType, "Content-Type:"),
    ]

    /// - Returns: nil when a field would not reach the wire as it stands: a control byte in its value.
    init?(_ fields: FieldSection) {
        unsafe list = nil
        var line = ByteBuffer()
        for field in fields.lines where !Self.left.contains(field.name) {
            let value = fields.value(of: field)
            guard value.allSatisfy(ASCII.isFieldValueByte) else { return nil }
            line.clear()
            line.writeBytes(fields.name(of: field))
            // libcurl's spelling of a field with an empty value; with a colon it would leave the field out.
            line.writeStaticString(value.isEmpty ? ";" : ": ")
            line.writeBytes(value)
            guard append(&line) else { return nil }
        }
        for (name, text) in Self.suppressed where !fields.contains(name) {
            line.clear()
            line.writeStaticString(text)
            guard append(&line) else { return nil }
        }
    }

    private mutating func append(_ line: inout ByteBuffer) -> Bool {
        line.writeInteger(0 as UInt8)
        let head = unsafe line.withUnsafeReadableBytes { bytes in
            // The bytes end in NUL, as just written, and libcurl copies them. On failure the old list stays as it was.
            unsafe curl_slist_append(list, bytes.bindMemory(to: CChar.self).baseAddress)
        }
        guard let head = unsafe head else { return false }
        unsafe list = head
        return true
    }

    /// - Returns: whether libcurl took it. The list must outlive the transfer.
    func set(on handle: CurlHandle) -> Bool {
        unsafe weir_curl_set_fields(handle.easy, list) == CURLE_OK
    }

    deinit { unsafe curl_slist_free_all(list) }
}
