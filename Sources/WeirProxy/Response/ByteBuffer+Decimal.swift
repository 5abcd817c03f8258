import NIOCore

extension ByteBuffer {
    /// Writes an integer in decimal digits without making a string.
    @inline(__always)
    mutating func writeDecimal(_ value: Int) { writeDecimal(Int64(value)) }

    mutating func writeDecimal(_ value: Int64) {
        if value < 0 { writeInteger(UInt8(ascii: "-")) }
        var rest = value.magnitude
        var digits: InlineArray<20, UInt8> = InlineArray(repeating: 0)
        var start = 20
        repeat {
            start -= 1
            digits[start] = UInt8(truncatingIfNeeded: rest % 10) + UInt8(ascii: "0")
            rest /= 10
        } while rest > 0
        for index in start..<20 { writeInteger(digits[index]) }
    }
}
