import NIOCore

/// The inside of JSON strings that ``JSONScanner`` has checked: their canonical form and their text.
enum JSONString {
    /// A byte that stands for itself and needs no look at its neighbours.
    @inline(__always)
    static func isPlain(_ byte: UInt8) -> Bool { byte &- 0x20 < 0x60 && byte != 0x22 && byte != 0x5C }

    /// Writes what lies between the quotes with every escape in its one form, as RFC 8785 §3.2.2.2 has it: `\"`,
    /// `\\`, `\b`, `\t`, `\n`, `\f`, `\r`, `\u00xx` for the other control characters, all else as UTF-8. A surrogate
    /// without its partner, which has no UTF-8, stays a lower-case `\udxxx`.
    static func writeCanonical(_ bytes: Span<UInt8>, _ range: Range<Int>, into output: inout ByteBuffer) {
        var index = range.lowerBound
        var copied = index
        while index < range.upperBound {
            guard bytes[index] == UInt8(ascii: "\\"), let escape = JSONEscape(checking: bytes, at: index) else {
                index += 1
                continue
            }
            if !escape.isShortest {
                output.write(bytes, copied..<index)
                writeCanonical(code: escape.code, into: &output)
                copied = index + escape.length
            }
            index += escape.length
        }
        output.write(bytes, copied..<range.upperBound)
    }

    private static func writeCanonical(code: UInt32, into output: inout ByteBuffer) {
        switch code {
        case 0x22: output.writeStaticString("\\\"")
        case 0x5C: output.writeStaticString("\\\\")
        case 0x08: output.writeStaticString("\\b")
        case 0x09: output.writeStaticString("\\t")
        case 0x0A: output.writeStaticString("\\n")
        case 0x0C: output.writeStaticString("\\f")
        case 0x0D: output.writeStaticString("\\r")
        default:
            if code >= 0x20, let scalar = Unicode.Scalar(code) {
                output.writeBytes(UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
            } else {
                writeUnit(code, into: &output)
            }
        }
    }

    /// Writes `\uxxxx` in lower case.
    private static func writeUnit(_ code: UInt32, into output: inout ByteBuffer) {
        output.writeStaticString("\\u")
        for place in 0..<4 {
            let digit = UInt8(code >> UInt32(12 - 4 * place) & 0xF)
            output.writeInteger(digit < 10 ? 0x30 + digit : 0x61 + digit - 10)
        }
    }

    /// The text between the quotes; nil when it holds a surrogate without its partner.
    static func text(_ bytes: Span<UInt8>, _ range: Range<Int>) -> String? {
        var utf8: [UInt8] = []
        utf8.reserveCapacity(range.count)
        var index = range.lowerBound
        while index < range.upperBound {
            guard bytes[index] == UInt8(ascii: "\\"), let escape = JSONEscape(checking: bytes, at: index) else {
                utf8.append(bytes[index])
                index += 1
                continue
            }
            guard let scalar = Unicode.Scalar(escape.code) else { return nil }
            utf8.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
            index += escape.length
        }
        return String(decoding: utf8, as: UTF8.self)
    }
}
