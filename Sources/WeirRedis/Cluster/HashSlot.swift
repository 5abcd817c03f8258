package import NIOCore

/// Which of a cluster's 16,384 parts a key belongs to: CRC16 of the key, or of what stands between the first `{` and the
/// first `}` behind it, if that is anything. So keys that share a `{tag}` lie on one node, and can be in one batch.
package struct HashSlot: Sendable, Hashable {
    package static let count = 16_384

    package let number: Int

    package init(of key: ByteBuffer) {
        var hashed = key.readableBytesView[...]
        if let open = hashed.firstIndex(of: UInt8(ascii: "{")) {
            let behind = hashed[hashed.index(after: open)...]
            if let close = behind.firstIndex(of: UInt8(ascii: "}")), close > behind.startIndex {
                hashed = behind[..<close]
            }
        }
        var remainder: UInt16 = 0
        for byte in hashed { remainder = remainder << 8 ^ Self.table[Int(UInt8(remainder >> 8) ^ byte)] }
        number = Int(remainder) % Self.count
    }

    init(number: Int) {
        precondition((0..<Self.count).contains(number), "Cannot have a slot \(number)")
        self.number = number
    }

    /// CRC-16/XMODEM: polynomial 1021, from 0, nothing reflected.
    private static let table: [UInt16] = (0..<256).map { byte in
        (0..<8).reduce(UInt16(byte) << 8) { value, _ in value & 0x8000 == 0 ? value << 1 : value << 1 ^ 0x1021 }
    }
}
