import NIOCore

/// Makes request ids: 32 hexadecimal digits, the first half random per worker, the second counting.
struct RequestIDs {
    private let prefix: UInt64
    private var counter: UInt64

    init() {
        var random = SystemRandomNumberGenerator()
        prefix = random.next()
        counter = random.next()
    }

    mutating func next() -> ByteBufferView {
        counter &+= 1
        var buffer = ByteBuffer()
        buffer.reserveCapacity(32)
        Self.writeHexadecimal(prefix, into: &buffer)
        Self.writeHexadecimal(counter, into: &buffer)
        return buffer.readableBytesView
    }

    private static func writeHexadecimal(_ value: UInt64, into buffer: inout ByteBuffer) {
        // Two words of eight digits each: every nibble spread to a byte, then 0...9 and a...f in one go.
        buffer.writeInteger(digits(UInt32(truncatingIfNeeded: value >> 32)))
        buffer.writeInteger(digits(UInt32(truncatingIfNeeded: value)))
    }

    private static func digits(_ value: UInt32) -> UInt64 {
        var spread = UInt64(value)
        spread = (spread | spread << 16) & 0x0000_FFFF_0000_FFFF
        spread = (spread | spread << 8) & 0x00FF_00FF_00FF_00FF
        spread = (spread | spread << 4) & 0x0F0F_0F0F_0F0F_0F0F
        let letters = ((spread &+ 0x0606_0606_0606_0606) >> 4) & 0x0101_0101_0101_0101
        return spread &+ 0x3030_3030_3030_3030 &+ letters &* 0x27
    }
}
