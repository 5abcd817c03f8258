/// An escape sequence inside a JSON string (RFC 8259 §7): the code it stands for and its length.
struct JSONEscape {
    /// A Unicode scalar, or a surrogate (`0xD800...0xDFFF`) that has no partner.
    var code: UInt32
    /// In bytes, the backslash included: 2, 6, or 12 for a pair of surrogates.
    var length: Int
    /// Whether this is how the canonical form writes it; `\u….` always asks for a second look.
    var isShortest: Bool

    /// - Returns: nil when no escape sequence begins here.
    init?(checking bytes: Span<UInt8>, at index: Int) {
        guard index + 1 < bytes.count else { return nil }
        length = 2
        isShortest = true
        switch bytes[index + 1] {
        case UInt8(ascii: "\""): code = 0x22
        case UInt8(ascii: "\\"): code = 0x5C
        case UInt8(ascii: "n"): code = 0x0A
        case UInt8(ascii: "t"): code = 0x09
        case UInt8(ascii: "r"): code = 0x0D
        case UInt8(ascii: "b"): code = 0x08
        case UInt8(ascii: "f"): code = 0x0C
        case UInt8(ascii: "/"):
            code = 0x2F
            isShortest = false
        case UInt8(ascii: "u"):
            guard let unit = Self.unit(bytes, at: index) else { return nil }
            code = unit
            length = 6
            isShortest = false
            if unit & 0xFC00 == 0xD800, let low = Self.unit(bytes, at: index + 6), low & 0xFC00 == 0xDC00 {
                code = 0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00)
                length = 12
            }
        default:
            return nil
        }
    }

    var isLoneSurrogate: Bool { code & 0xFFFF_F800 == 0xD800 }

    /// The value of a `\uXXXX` that begins here.
    private static func unit(_ bytes: Span<UInt8>, at index: Int) -> UInt32? {
        guard index + 6 <= bytes.count, bytes[index] == UInt8(ascii: "\\"), bytes[index + 1] == UInt8(ascii: "u")
        else { return nil }
        var value: UInt32 = 0
        for offset in 2..<6 {
            guard let digit = hexadecimalValue(bytes[index + offset]) else { return nil }
            value = value << 4 | digit
        }
        return value
    }

    private static func hexadecimalValue(_ byte: UInt8) -> UInt32? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - 0x30)
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt32(byte - 0x61 + 10)
        case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt32(byte - 0x41 + 10)
        default: nil
        }
    }
}
