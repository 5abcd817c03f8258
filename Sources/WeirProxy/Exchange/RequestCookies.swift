import NIOCore
import WeirHTTP

/// The cookies of a request (RFC 6265 §5.4).
struct RequestCookies {
    private let fields: FieldSection

    init(_ fields: FieldSection) { self.fields = fields }

    /// The values of all cookies of this name, byte for byte: origins differ on which of several counts, and on white space.
    /// Names are told apart by case.
    func values(named name: String) -> [ByteBufferView] {
        var values: [ByteBufferView] = []
        for line in fields.lines where line.name == .cookie {
            for pair in fields.value(of: line).split(separator: ASCII.semicolon) {
                guard let equals = pair.firstIndex(of: ASCII.equals) else { continue }
                guard Self.trimmed(pair[..<equals]).elementsEqual(name.utf8) else { continue }
                values.append(pair[pair.index(after: equals)...])
            }
        }
        return values
    }

    private static func trimmed(_ text: ByteBufferView) -> ByteBufferView {
        let start = text.firstIndex { !ASCII.isBlank($0) } ?? text.endIndex
        let end = text.lastIndex { !ASCII.isBlank($0) }.map { text.index(after: $0) } ?? start
        return text[start..<end]
    }
}
