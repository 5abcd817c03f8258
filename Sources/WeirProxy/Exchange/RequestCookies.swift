import NIOCore
import WeirHTTP

/// The cookies of a request (RFC 6265 §5.4).
struct RequestCookies {
    private let fields: FieldSection

    init(_ fields: FieldSection) { self.fields = fields }

    /// The value of the first cookie of this name, byte for byte; names are told apart by case.
    subscript(name: String) -> ByteBufferView? {
        for line in fields.lines where line.name == .cookie {
            for pair in fields.value(of: line).split(separator: ASCII.semicolon) {
                let pair = pair.drop { $0 == ASCII.space || $0 == ASCII.tab }
                guard let equals = pair.firstIndex(of: ASCII.equals), pair[..<equals].elementsEqual(name.utf8) else {
                    continue
                }
                return pair[pair.index(after: equals)...]
            }
        }
        return nil
    }
}
