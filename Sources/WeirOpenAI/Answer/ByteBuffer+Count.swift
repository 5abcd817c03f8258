import NIOCore

/// Counts in one byte for seven bits, the lowest first; all but the last have their highest bit set.
extension ByteBuffer {
    /// What is negative counts as zero.
    mutating func write(count: Int) {
        var rest = UInt64(max(0, count))
        while rest > 0x7F {
            writeInteger(UInt8(rest & 0x7F) | 0x80)
            rest >>= 7
        }
        writeInteger(UInt8(rest))
    }

    /// - Returns: nil where there is none, or none that fits.
    mutating func readCount() -> Int? {
        var count: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 63, by: 7) {
            guard let byte: UInt8 = readInteger() else { return nil }
            count |= UInt64(byte & 0x7F) << shift
            if byte & 0x80 == 0 { return Int(count) }
        }
        return nil
    }
}
