/// A route's path: `/courses/{id}`.
struct PathTemplate: Equatable, Sendable {
    /// Names of its captures, in their order.
    let captures: [String]
    /// The path with every capture's name taken out: what two routes must not share.
    let shape: String

    init(_ text: String) throws(ValueError) {
        guard text.hasPrefix("/") else {
            guard !text.isEmpty, text.utf8.allSatisfy(Self.isPathByte) else { throw .mismatch }
            throw .suggestion("/\(text)")
        }
        guard text.utf8.count <= 2048 else { throw .range("a path of at most 2048 bytes") }
        var captures: [String] = []
        var shape = ""
        for segment in text.dropFirst().split(separator: "/", omittingEmptySubsequences: false) where text != "/" {
            guard !segment.isEmpty else {
                throw text.hasSuffix("/") && !text.contains("//")
                    ? .suggestion(String(text.dropLast())) : .other("a path cannot have an empty segment ('//')")
            }
            if let name = try Self.capture(segment) {
                guard !captures.contains(name) else { throw .other("'{\(name)}' stands twice in this path") }
                captures.append(name)
                shape += "/{}"
            } else {
                shape += "/\(segment)"
            }
        }
        self.captures = captures
        self.shape = shape
    }

    /// - Returns: the name of a `{name}`, nil for a literal.
    private static func capture(_ segment: Substring) throws(ValueError) -> String? {
        if segment.hasPrefix("{"), segment.hasSuffix("}") {
            let name = segment.dropFirst().dropLast()
            guard isName(name) else {
                throw .other("expected a name of letters, digits and '_' in \(Node.quote(String(segment)))")
            }
            return String(name)
        }
        if segment.contains("*") {
            throw .other("a path covers what lies under it: leave out '*', or take one segment with {name}")
        }
        if segment.contains("{") || segment.contains("}") {
            throw .other(
                "a segment is a literal or a whole {name}, found \(Node.quote(String(segment)))"
            )
        }
        guard segment != ".", segment != ".." else { throw .other("a path cannot have a segment '.' or '..'") }
        guard segment.utf8.allSatisfy(isPathByte), hasWholeEscapes(segment) else {
            throw .other(
                "a path holds letters, digits, -._~!$&'()+,;=:@ and %XX, found \(Node.quote(String(segment)))"
            )
        }
        return nil
    }

    static func isName(_ name: Substring) -> Bool {
        guard let first = name.utf8.first, name.utf8.count <= 64 else { return false }
        return first &- 0x30 >= 10
            && name.utf8.allSatisfy { $0 &- 0x30 < 10 || ($0 | 0x20) &- 0x61 < 26 || $0 == 0x5F }
    }

    /// `pchar` (RFC 3986 §3.3) and the slash.
    private static func isPathByte(_ byte: UInt8) -> Bool {
        byte &- 0x30 < 10 || (byte | 0x20) &- 0x61 < 26 || "-._~!$&'()+,;=:@%/".utf8.contains(byte)
    }

    private static func hasWholeEscapes(_ segment: Substring) -> Bool {
        segment.split(separator: "%", omittingEmptySubsequences: false).dropFirst().allSatisfy { rest in
            rest.count >= 2 && rest.prefix(2).allSatisfy(\.isHexDigit)
        }
    }
}

extension ValueType<String> {
    static let path = ValueType(
        name: "path",
        expected: "a path such as /courses/{id}",
        parse: { text throws(ValueError) in
            _ = try PathTemplate(text)
            return text
        },
        format: { $0 }
    )
}
