import NIOCore
import WeirHTTP

/// The URLs that a write which succeeded has changed (RFC 9111 §4.4): its own, and those of its origin that `Location` and
/// `Content-Location` of its answer name. What is malformed, or of another origin, is none.
enum WrittenURLs {
    /// - Returns: a GET of each, as its client would send it.
    static func find(_ head: RequestHead, response: FieldSection, isSecure: Bool) -> [RequestHead] {
        guard head.target.form == .origin || head.target.form == .absolute else { return [] }
        let host = head.fields.first(.host)
        var found = [get(Array(head.pathAndQuery), host: host)]
        for line in response.lines where line.name == .location || line.name == .contentLocation {
            let target = URLReference(Array(response.value(of: line))).resolved(against: head, isSecure: isSecure)
            if let target { found.append(get(target, host: host)) }
        }
        return found.compactMap(\.self)
    }

    /// Read by the parser that reads clients: what it refuses, no client has asked for.
    private static func get(_ target: [UInt8], host: ByteBufferView?) -> RequestHead? {
        var text = ByteBuffer(string: "GET ")
        text.writeBytes(target)
        // Which can do without a Host.
        text.writeStaticString(" HTTP/1.0\r\n")
        if let host {
            text.writeStaticString("Host: ")
            text.writeBytes(host)
            text.writeStaticString("\r\n")
        }
        text.writeStaticString("\r\n")
        var decoder = RequestDecoder()
        guard case .head(let head)? = try? decoder.decode(&text) else { return nil }
        return head
    }
}
