package import NIOCore

/// Validators made from an answer's own bytes.
package enum Digest {
    /// A strong entity tag (RFC 9110 §8.8.3) for a complete body: the first 128 bits of its SHA-256 in base64url, so
    /// that equal bodies have equal tags wherever and whenever they were stored.
    /// - Returns: 24 bytes, the quotes included.
    package static func entityTag(_ body: ByteBuffer) -> ByteBuffer {
        var sha = SHA256()
        // The bytes are read within this closure only.
        unsafe body.withUnsafeReadableBytes { unsafe sha.update($0) }
        let digest = sha.finish()
        var tag = ByteBuffer()
        tag.reserveCapacity(24)
        tag.writeInteger(UInt8(ascii: "\""))
        var bits: UInt32 = 0
        var count = 0
        for index in 0..<16 {
            let word = index < 8 ? digest.word0 : digest.word1
            bits = bits << 8 | UInt32(truncatingIfNeeded: word >> UInt64(56 - index % 8 * 8) & 255)
            count += 8
            while count >= 6 {
                count -= 6
                tag.writeInteger(letter(bits >> UInt32(count) & 63))
            }
        }
        tag.writeInteger(letter(bits << UInt32(6 - count) & 63))
        tag.writeInteger(UInt8(ascii: "\""))
        return tag
    }

    /// RFC 4648 §5.
    private static func letter(_ value: UInt32) -> UInt8 {
        switch UInt8(truncatingIfNeeded: value) {
        case let value where value < 26: UInt8(ascii: "A") + value
        case let value where value < 52: UInt8(ascii: "a") + value - 26
        case let value where value < 62: UInt8(ascii: "0") + value - 52
        case 62: UInt8(ascii: "-")
        default: UInt8(ascii: "_")
        }
    }
}
