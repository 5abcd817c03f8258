import NIOCore

/// The inside of JSON strings that ``JSONScanner`` has checked: their canonical form and their text.
enum JSONString {
    /// A byte that stands for itself and needs no look at its neighbours.
    @inline(__always)
    static func isPlain(_ byte: UInt8) -> Bool { byte &- 0x20 < 0x60 && byte != 0x22 && byte != 0x5C }

    /// Where, from here on, the first byte stands that is not plain.
    static func plainEnd(_ bytes: Span<UInt8>, from start: Int) -> Int {
        var index = start
        while index &+ 8 <= bytes.count {
            // Safe: these eight bytes lie within the span, and any of them make a number.
            let eight = unsafe bytes.bytes.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self)
            guard areAllPlain(eight) else { break }
            index &+= 8
        }
        while index < bytes.count, isPlain(bytes[index]) { index &+= 1 }
        return index
    }

    /// Eight bytes at once. A byte's own top bit tells that it is less than another; a borrow reaches into the byte above it
    /// only from one that has told so already.
    @inline(__always)
    private static func areAllPlain(_ eight: UInt64) -> Bool {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let quotes = eight ^ ones &* 0x22
        let backslashes = eight ^ ones &* 0x5C
        let isControl = eight &- ones &* 0x20
        let isQuote = (quotes &- ones) & ~quotes
        let isBackslash = (backslashes &- ones) & ~backslashes
        return (eight | isControl | isQuote | isBackslash) & (ones &* 0x80) == 0
    }

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

    /// Writes a text as a JSON string, its quotes included.
    static func write(_ text: Span<UInt8>, into output: inout ByteBuffer) {
        output.writeInteger(UInt8(ascii: "\""))
        var copied = 0
        for index in text.indices {
            let byte = text[index]
            guard byte < 0x20 || byte == 0x22 || byte == 0x5C else { continue }
            output.write(text, copied..<index)
            writeCanonical(code: UInt32(byte), into: &output)
            copied = index + 1
        }
        output.write(text, copied..<text.count)
        output.writeInteger(UInt8(ascii: "\""))
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
    static func text(_ bytes: Span<UInt8>, _ range: Range<Int>, hasEscape: Bool) -> String? {
        // Safe: the scanner has seen that they are UTF-8, and they are read during the call only.
        guard hasEscape else {
            return unsafe bytes.extracting(range).withUnsafeBufferPointer { unsafe String(decoding: $0, as: UTF8.self) }
        }
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
