import NIOCore

/// A JSON number (RFC 8259 §6) as text: its parts, and its one canonical form by decimal arithmetic, without rounding.
///
/// A number is taken as `digits × 10^exponent` with no zero at either end of `digits`; equal values have equal
/// `digits` and `exponent` and so one form:
///
///     0        0, -0, 0.000, 0e9
///     100      100, 1e2, 100.0            at most 64 zeros are appended
///     0.0015   0.0015, 15e-4, 1.50E-3     at most 8 zeros stand in front
///     1e65     1e65, 10e64                all others: the digits, `e`, the exponent
///
/// An exponent of more than 17 digits stays as it is written: such numbers are never taken for one another.
struct JSONNumber {
    private var isNegative = false
    private var whole: Range<Int>
    private var fraction: Range<Int>
    private var exponent: Range<Int>
    private var exponentIsNegative = false
    private let start: Int
    /// One past its last byte.
    private(set) var end: Int

    private static let appendedZerosLimit = 64
    private static let leadingZerosLimit = 8
    private static let exponentDigitsLimit = 17

    /// - Returns: nil when no number begins here.
    init?(_ bytes: Span<UInt8>, at start: Int) {
        self.start = start
        var index = start
        if bytes[index] == UInt8(ascii: "-") {
            isNegative = true
            index += 1
        }
        whole = Self.digits(bytes, from: index)
        guard !whole.isEmpty, bytes[whole.lowerBound] != UInt8(ascii: "0") || whole.count == 1 else { return nil }
        index = whole.upperBound
        fraction = index..<index
        if index < bytes.count, bytes[index] == UInt8(ascii: ".") {
            fraction = Self.digits(bytes, from: index + 1)
            guard !fraction.isEmpty else { return nil }
            index = fraction.upperBound
        }
        exponent = index..<index
        if index < bytes.count, bytes[index] | 0x20 == UInt8(ascii: "e") {
            index += 1
            if index < bytes.count, bytes[index] == UInt8(ascii: "-") || bytes[index] == UInt8(ascii: "+") {
                exponentIsNegative = bytes[index] == UInt8(ascii: "-")
                index += 1
            }
            exponent = Self.digits(bytes, from: index)
            guard !exponent.isEmpty else { return nil }
            index = exponent.upperBound
        }
        end = index
        isWholeAndShort =
            fraction.isEmpty && exponent.isEmpty && whole.count <= Self.appendedZerosLimit
            && !(isNegative && bytes[whole.lowerBound] == UInt8(ascii: "0"))
    }

    private let isWholeAndShort: Bool

    /// Whether its canonical form is known to be its bytes as they stand.
    var isCanonical: Bool { isWholeAndShort }

    func writeCanonical(_ bytes: Span<UInt8>, into output: inout ByteBuffer) {
        // The digits of the whole and the fraction as one run, by place; leading and trailing zeros cut off.
        let count = whole.count + fraction.count
        func digit(_ place: Int) -> UInt8 {
            bytes[place < whole.count ? whole.lowerBound + place : fraction.lowerBound + place - whole.count]
        }
        var first = 0
        while first < count, digit(first) == UInt8(ascii: "0") { first += 1 }
        guard first < count else {
            output.writeInteger(UInt8(ascii: "0"))
            return
        }
        var last = count
        while digit(last - 1) == UInt8(ascii: "0") { last -= 1 }
        guard let written = writtenExponent(bytes) else {
            output.write(bytes, start..<end)
            return
        }
        let power = written - fraction.count + (count - last)
        if isNegative { output.writeInteger(UInt8(ascii: "-")) }
        let leadingZeros = -power - (last - first)
        if power < 0, leadingZeros <= Self.leadingZerosLimit {
            let point = last + power
            if point <= first { output.writeStaticString("0.") }
            output.writeRepeatingByte(UInt8(ascii: "0"), count: max(0, leadingZeros))
            for place in first..<last {
                if place == point, point > first { output.writeInteger(UInt8(ascii: ".")) }
                output.writeInteger(digit(place))
            }
            return
        }
        for place in first..<last { output.writeInteger(digit(place)) }
        if power >= 0, power <= Self.appendedZerosLimit {
            output.writeRepeatingByte(UInt8(ascii: "0"), count: power)
        } else {
            output.writeInteger(UInt8(ascii: "e"))
            output.writeString(String(power))
        }
    }

    /// The exponent as written; nil when it has too many digits.
    private func writtenExponent(_ bytes: Span<UInt8>) -> Int? {
        var value = 0
        var digits = 0
        for index in exponent {
            if digits > 0 || bytes[index] != UInt8(ascii: "0") { digits += 1 }
            guard digits <= Self.exponentDigitsLimit else { return nil }
            value = value * 10 + Int(bytes[index] & 0xF)
        }
        return exponentIsNegative ? -value : value
    }

    private static func digits(_ bytes: Span<UInt8>, from start: Int) -> Range<Int> {
        var index = start
        while index < bytes.count, bytes[index] &- 0x30 < 10 { index &+= 1 }
        return start..<index
    }
}
