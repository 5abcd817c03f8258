package import NIOCore

/// An entity tag (RFC 9110 §8.8.3).
package struct EntityTag: Sendable, Equatable {
    package var isWeak: Bool
    /// What stands between the quotes.
    package var opaque: [UInt8]

    package init(isWeak: Bool, opaque: [UInt8]) {
        self.isWeak = isWeak
        self.opaque = opaque
    }

    /// - Returns: nil unless `value` is one entity tag and nothing else.
    package init?(_ value: some Collection<UInt8>) {
        var opaque = Array(value)
        isWeak = opaque.starts(with: "W/".utf8)
        if isWeak { opaque.removeFirst(2) }
        guard opaque.count >= 2, opaque.first == ASCII.quote, opaque.last == ASCII.quote else { return nil }
        opaque.removeLast()
        opaque.removeFirst()
        guard opaque.allSatisfy(Self.isCharacter) else { return nil }
        self.opaque = opaque
    }

    /// `etagc`: visible but no quotation mark, and obs-text.
    private static func isCharacter(_ byte: UInt8) -> Bool { byte > 0x20 && byte != ASCII.quote && byte != 0x7F }

    package func write(into buffer: inout ByteBuffer) {
        if isWeak { buffer.writeStaticString("W/") }
        buffer.writeInteger(ASCII.quote)
        buffer.writeBytes(opaque)
        buffer.writeInteger(ASCII.quote)
    }

    /// RFC 9110 §8.8.3.2: neither is weak, and they are the same.
    package static func strongEqual(_ left: EntityTag, _ right: EntityTag) -> Bool {
        !left.isWeak && !right.isWeak && left.opaque == right.opaque
    }

    /// RFC 9110 §8.8.3.2: they are the same but for weakness.
    package static func weakEqual(_ left: EntityTag, _ right: EntityTag) -> Bool { left.opaque == right.opaque }
}
