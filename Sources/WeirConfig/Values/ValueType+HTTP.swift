import WeirHTTP

extension ValueType<String> {
    /// A field name (RFC 9110 §5.1).
    static let fieldName = token(named: "header", expected: "a header name such as X-User-Id")

    /// A field value (RFC 9110 §5.5), not shown in errors.
    static let fieldValue = text(
        name: "string",
        expected: "a header value, without line breaks or other control characters",
        isSecret: true,
        isValid: { value in
            value.utf8.allSatisfy(ASCII.isFieldValueByte) && value.utf8.first.map(ASCII.isBlank) != true
                && value.utf8.last.map(ASCII.isBlank) != true
        }
    )

    /// What `Authorization: Bearer` can carry, not shown in errors.
    static let token = text(
        name: "string",
        expected: "a token of visible ASCII characters, without spaces",
        isSecret: true,
        isValid: { $0.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F } }
    )

    /// A cookie's name (RFC 6265 §4.1.1).
    static let cookieName = token(named: "cookie", expected: "a cookie's name")

    /// RFC 9110 §5.6.2.
    private static func token(named name: String, expected: String) -> ValueType<String> {
        text(
            name: name,
            expected: expected,
            isValid: { !$0.isEmpty && $0.utf8.count <= 256 && $0.utf8.allSatisfy(ASCII.isTokenCharacter) }
        )
    }

    /// The name of a query's parameter, byte for byte as URLs spell it.
    static let parameterName = text(
        name: "parameter",
        expected: "a parameter's name as it stands in URLs, percent-encoded",
        isValid: { name in
            !name.isEmpty && name.utf8.count <= 256
                && name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && !"&=#".utf8.contains($0) }
        }
    )

    /// A request method, which is case-sensitive (RFC 9110 §9.1).
    static let method = ValueType(
        name: "method",
        expected: "a method such as GET",
        parse: { text throws(ValueError) in
            guard !text.isEmpty, text.utf8.count <= 32, text.utf8.allSatisfy(ASCII.isTokenCharacter) else {
                throw .mismatch
            }
            if case .other = RequestMethod(text.utf8) {
                let upper = text.uppercased()
                guard upper == text else { throw .suggestion(upper) }
                let known = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"]
                if let near = Spelling.nearest(to: text, among: known) { throw .suggestion(near) }
            }
            return text
        },
        format: { $0 }
    )

    /// A host name or address without a port, in small letters; an IPv6 address without its brackets.
    static let host = ValueType(
        name: "host",
        expected: "a host such as api.example.com, without a port",
        parse: { text throws(ValueError) in
            if HostName.isIPv6(text) { return text.lowercased() }
            guard let (host, port) = HostName.split(text) else { throw .mismatch }
            guard port == nil else { throw .suggestion(host) }
            return host.lowercased()
        },
        format: { $0 }
    )

    /// A word, for names in answers and tags' namespaces.
    static let word = text(
        name: "string",
        expected: "a word of letters, digits, '-', '_', '.' or ':'",
        isValid: { !$0.isEmpty && $0.utf8.count <= 256 && $0.utf8.allSatisfy(Self.isWordCharacter) }
    )

    private static func isWordCharacter(_ byte: UInt8) -> Bool {
        byte &- 0x30 < 10 || (byte | 0x20) &- 0x61 < 26 || [0x2D, 0x5F, 0x2E, 0x3A].contains(byte)
    }
}

extension ValueType<[String]> {
    /// A JSON pointer (RFC 6901) to a member, as its unescaped reference tokens.
    static let pointer = ValueType(
        name: "JSON pointer",
        expected: "a JSON pointer such as /metadata/user",
        parse: { text throws(ValueError) in
            guard text.hasPrefix("/") else {
                let isBare = !text.isEmpty && text.allSatisfy { $0.isLetter || $0 == "_" || $0 == "/" }
                throw isBare ? .suggestion("/\(text)") : .mismatch
            }
            let tokens = text.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
            guard tokens.count <= 16 else { throw .range("a JSON pointer of at most 16 steps") }
            return try tokens.map { token throws(ValueError) in try Self.unescape(token) }
        },
        format: { tokens in
            tokens.map { "/" + $0.replacing("~", with: "~0").replacing("/", with: "~1") }.joined()
        }
    )

    /// A member of a token's payload: by its name, which may hold slashes as URLs do, or by a pointer, which begins with one.
    static let claim = ValueType(
        name: "claim",
        expected: "a claim's name such as sub, or a JSON pointer to it such as /app/level",
        parse: { text throws(ValueError) in
            if text.hasPrefix("/") { return try pointer.parse(text) }
            guard !text.isEmpty else { throw .mismatch }
            return [text]
        },
        format: { tokens in tokens.count == 1 ? tokens[0] : pointer.format(tokens) }
    )

    /// RFC 6901 §4: `~1` first, then `~0`.
    private static func unescape(_ token: Substring) throws(ValueError) -> String {
        var rest = token
        while let tilde = rest.firstIndex(of: "~") {
            rest = rest[rest.index(after: tilde)...]
            guard rest.hasPrefix("0") || rest.hasPrefix("1") else {
                throw .other("in a JSON pointer '~' is written '~0' (and '/' within a name '~1')")
            }
        }
        return String(token.replacing("~1", with: "/").replacing("~0", with: "~"))
    }
}
