import NIOCore
import WeirHTTP
import WeirOpenAI

/// One line of a warming list, a JSON object:
///
///     {"method": "POST", "path": "/v1/chat/completions", "headers": {"X-Persona-Learning-Style": "visual"}, "body": {…}}
///
/// `path` alone is needed. It is written as the head that an HTTP/1.1 request would have and read by the same parser, so
/// that what a client could not send a line cannot send either; and it names no host to go to, so that it goes where
/// Weir's routes lead and nowhere else.
struct WarmLine {
    private static let members = "path, method, scheme, headers and body"

    private let terms: WarmTerms
    private let limits: HeadLimits
    /// Where a line that does not say it is taken to have been sent.
    private let host: String
    private let scheme: String

    /// - Parameters:
    ///   - host: for lines without `Host`.
    ///   - scheme: for lines without `scheme`.
    init(terms: WarmTerms, limits: HeadLimits, host: String, scheme: String) {
        self.terms = terms
        self.limits = limits
        self.host = host
        self.scheme = scheme
    }

    func read(_ line: ByteBuffer) throws(WarmLineError) -> WarmRequest {
        guard let text = JSONText(line), text.kind == .object else {
            throw WarmLineError(#"expected a JSON object such as {"path": "/courses/1"}"#)
        }
        var draft = Draft()
        var seen: Set<String> = []
        for (name, value) in text.members {
            guard seen.insert(name).inserted else { throw WarmLineError("expected each member once") }
            try Self.read(name, value, into: &draft)
        }
        return try request(draft)
    }

    // MARK: Members

    private struct Draft {
        var method: String?
        var path: String?
        var scheme: String?
        var fields: [WarmTerms.Field] = []
        var body: ByteBuffer?
    }

    private static func read(_ name: String, _ value: JSONText, into draft: inout Draft) throws(WarmLineError) {
        switch name {
        case "method":
            guard let method = value.string, method == "GET" || method == "POST" else {
                throw WarmLineError("expected 'method' to be GET or POST")
            }
            draft.method = method
        case "path":
            guard let path = value.string, path.hasPrefix("/"), isOneWord(path) else {
                throw WarmLineError("expected 'path' to be a path on Weir, with its query, such as /courses/1")
            }
            draft.path = path
        case "scheme":
            guard let scheme = value.string, scheme == "http" || scheme == "https" else {
                throw WarmLineError("expected 'scheme' to be http or https")
            }
            draft.scheme = scheme
        case "headers": draft.fields = try fields(value)
        case "body": draft.body = try body(value)
        default: throw WarmLineError("expected no members but \(members)")
        }
    }

    private static func isOneWord(_ path: String) -> Bool { path.utf8.allSatisfy { (0x21...0x7E).contains($0) } }

    private static func fields(_ value: JSONText) throws(WarmLineError) -> [WarmTerms.Field] {
        guard value.kind == .object else {
            throw WarmLineError("expected 'headers' to be an object of names and values")
        }
        var fields: [WarmTerms.Field] = []
        for (name, value) in value.members {
            guard let text = value.string, let field = WarmTerms.Field(name, text) else {
                throw WarmLineError(
                    "expected 'headers' to hold fields and their values as strings, and none of a connection, such as Content-Length"
                )
            }
            fields.append(field)
        }
        return fields
    }

    /// An object or array as it stands, or the text of a string.
    private static func body(_ value: JSONText) throws(WarmLineError) -> ByteBuffer? {
        switch value.kind {
        case .object, .array: return value.bytes
        case .null: return nil
        case .string:
            if let text = value.string { return ByteBuffer(string: text) }
            throw WarmLineError("expected 'body' to be text in UTF-8")
        case .number, .boolean: throw WarmLineError("expected 'body' to be an object, an array or a string")
        }
    }

    // MARK: The request

    private func request(_ draft: Draft) throws(WarmLineError) -> WarmRequest {
        guard let path = draft.path else { throw WarmLineError("expected a member 'path'") }
        let method = draft.method ?? (draft.body == nil ? "GET" : "POST")
        guard draft.body == nil || method == "POST" else {
            throw WarmLineError("expected 'method' to be POST where there is a 'body'")
        }
        var fields = draft.fields
        func complete(_ field: WarmTerms.Field) {
            let isThere = fields.contains { ASCII.equalIgnoringCase($0.name.utf8, field.name.utf8) }
            if !isThere { fields.append(field) }
        }
        // What a GET gets with a credential would be for its sender alone (RFC 9111 §3.5).
        for field in terms.fields where method == "POST" || !CredentialFields.contains(name: field.name) {
            complete(field)
        }
        complete(.init(known: "Host", host))
        // Nobody waits for it.
        complete(.init(known: "X-Weir-Priority", "bulk"))
        if let body = draft.body {
            complete(.init(known: "Content-Type", "application/json"))
            fields.append(.init(known: "Content-Length", String(body.readableBytes)))
        }
        var text = ByteBuffer(string: "\(method) \(path) HTTP/1.1\r\n")
        for field in fields { text.writeString("\(field.name): \(field.value)\r\n") }
        text.writeStaticString("\r\n")
        return WarmRequest(
            head: try parse(&text),
            body: draft.body,
            isSecure: (draft.scheme ?? scheme) == "https"
        )
    }

    private func parse(_ text: inout ByteBuffer) throws(WarmLineError) -> RequestHead {
        var decoder = RequestDecoder(limits: limits)
        let part: RequestPart?
        do throws(MessageError) { part = try decoder.decode(&text) } catch { throw WarmLineError(error) }
        guard case .head(let head)? = part, text.readableBytes == 0 else {
            preconditionFailure("Cannot read the one head that was written")
        }
        return head
    }
}
