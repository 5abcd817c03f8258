/// A pattern over tags, or over URL paths when it begins with `/`: `*` stands for any characters, `?` for exactly
/// one. Everything else stands for itself.
package struct GlobPattern: Sendable, Hashable {
    private let bytes: [UInt8]

    package init(_ pattern: String) { bytes = Array(pattern.utf8) }

    /// As it was given.
    package var text: String { String(decoding: bytes, as: UTF8.self) }

    /// Whether it is about paths rather than tags.
    package var coversPaths: Bool { bytes.first == UInt8(ascii: "/") }

    package func matches(_ text: String) -> Bool { matches(text.utf8Span.span) }

    /// Takes at most as many steps as the product of both lengths: goes back only to the latest star, since an earlier
    /// one need never take more than it did.
    func matches(_ text: Span<UInt8>) -> Bool {
        var (position, next) = (0, 0)
        var star: (position: Int, next: Int)?
        while position < text.count {
            if next < bytes.count, bytes[next] == UInt8(ascii: "*") {
                star = (position, next)
                next += 1
            } else if next < bytes.count, bytes[next] == UInt8(ascii: "?") {
                position = Self.endOfCharacter(at: position, in: text)
                next += 1
            } else if next < bytes.count, bytes[next] == text[position] {
                position += 1
                next += 1
            } else if let last = star {
                star = (last.position + 1, last.next)
                position = last.position + 1
                next = last.next + 1
            } else {
                return false
            }
        }
        while next < bytes.count, bytes[next] == UInt8(ascii: "*") { next += 1 }
        return next == bytes.count
    }

    /// Past the UTF-8 continuation bytes.
    private static func endOfCharacter(at position: Int, in text: Span<UInt8>) -> Int {
        var end = position + 1
        while end < text.count, text[end] & 0xC0 == 0x80 { end += 1 }
        return end
    }
}
