/// The head of a message as it stood on the wire, read by a parser of the tests' own, which takes anything that has
/// lines.
package struct WireHead: Sendable, Equatable, CustomStringConvertible {
    package struct Field: Sendable, Equatable {
        package var name: String
        package var value: String
    }

    /// Request line or status line, without its end.
    package var startLine: String
    package var fields: [Field]

    package init(_ text: String) {
        var lines = text.split(separator: "\r\n", omittingEmptySubsequences: true)
        startLine = lines.isEmpty ? "" : String(lines.removeFirst())
        fields = lines.map(WireHead.field)
    }

    static func field(_ line: Substring) -> Field {
        guard let colon = line.firstIndex(of: ":") else { return Field(name: String(line), value: "") }
        let value = line[line.index(after: colon)...].drop { $0 == " " || $0 == "\t" }
        return Field(name: String(line[..<colon]), value: String(value))
    }

    /// The words of the start line; a reason phrase stays whole.
    package var startWords: [String] {
        startLine.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
    }

    /// A response's status; 0 where there is none.
    package var status: Int { startWords.count > 1 ? Int(startWords[1]) ?? 0 : 0 }

    /// The first value with this name in any case.
    package subscript(name: String) -> String? { values(name).first }

    package func values(_ name: String) -> [String] {
        fields.filter { $0.name.lowercased() == name.lowercased() }.map(\.value)
    }

    package var isChunked: Bool { values("Transfer-Encoding").contains { $0.lowercased().hasSuffix("chunked") } }
    package var contentLength: Int? { self["Content-Length"].flatMap { Int($0) } }
    package var description: String {
        ([startLine] + fields.map { "\($0.name): \($0.value)" }).joined(separator: "\r\n")
    }
}
