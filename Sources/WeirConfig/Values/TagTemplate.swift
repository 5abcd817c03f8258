/// A tag that a route's captures complete: `course:{id}`.
struct TagTemplate {
    /// Names of the captures it uses.
    let captures: [String]

    init(_ text: String) throws(ValueError) {
        guard !text.isEmpty, text.utf8.count <= 256,
            text.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F && $0 != 0x2C })
        else { throw .mismatch }
        var captures: [String] = []
        var rest = Substring(text)
        while let brace = rest.firstIndex(where: { $0 == "{" || $0 == "}" }) {
            guard rest[brace] == "{", let end = rest[brace...].firstIndex(of: "}") else {
                throw .other("'{' and '}' do not pair in \(Node.quote(text))")
            }
            let name = rest[rest.index(after: brace)..<end]
            guard PathTemplate.isName(name) else {
                throw .other("expected the name of a capture between '{' and '}' in \(Node.quote(text))")
            }
            captures.append(String(name))
            rest = rest[rest.index(after: end)...]
        }
        self.captures = captures
    }
}

extension ValueType<String> {
    /// Tags travel in lists that commas and spaces divide, so they hold neither.
    static let tag = ValueType(
        name: "tag",
        expected: "a tag such as course:{id}, without spaces or commas",
        parse: { text throws(ValueError) in
            _ = try TagTemplate(text)
            return text
        },
        format: { $0 }
    )
}
