/// The inner loops of the parser, eight bytes a step.
extension Span where Element == UInt8 {
    /// Eight bytes from `index` on, the first in the lowest place.
    @inline(__always)
    func word(at index: Int) -> UInt64 {
        // Within bounds, or it traps: the load checks them. Every bit pattern is a UInt64.
        UInt64(littleEndian: unsafe bytes.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self))
    }

    /// Four bytes from `index` on, the first in the lowest place.
    @inline(__always)
    func halfWord(at index: Int) -> UInt32 {
        // Within bounds, or it traps: the load checks them. Every bit pattern is a UInt32.
        UInt32(littleEndian: unsafe bytes.unsafeLoadUnaligned(fromByteOffset: index, as: UInt32.self))
    }

    /// Where text ends: the first control character other than tab at or after `start`, else `count`.
    @inline(__always)
    func endOfText(from start: Int) -> Int {
        var index = nextControl(from: start)
        while index < count, self[index] == ASCII.tab { index = nextControl(from: index + 1) }
        return index
    }

    /// The first byte that is no token character at or after `start`, else `count`.
    @inline(__always)
    func endOfToken(from start: Int) -> Int {
        var index = start
        while index < count, ASCII.isTokenCharacter(self[index]) { index += 1 }
        return index
    }

    /// The first byte at or after `start` that means something in a request target (`?`, `%`) or may not
    /// stand there (space, control characters, `#`, anything past ASCII), else `count`.
    @inline(__always)
    func nextTargetDelimiter(from start: Int) -> Int {
        var index = start
        while index &+ 8 <= count {
            let word = word(at: index)
            let hits =
                Bytewise.below(0x21, in: word) | Bytewise.equal(0x7F, in: word) | (word & Bytewise.highBits)
                | Bytewise.equal(0x23, in: word) | Bytewise.equal(0x25, in: word) | Bytewise.equal(0x3F, in: word)
            if hits != 0 { return index + hits.trailingZeroBitCount / 8 }
            index += 8
        }
        while index < count {
            switch self[index] {
            case 0...0x20, 0x7F..., 0x23, 0x25, 0x3F: return index
            default: index += 1
            }
        }
        return index
    }

    /// Whether these are exactly the bytes of `text`.
    @inline(__always)
    func spells(_ text: StaticString) -> Bool {
        guard count == text.utf8CodeUnitCount else { return false }
        return text.withUTF8Buffer { text in
            for index in indices where unsafe text[index] != self[index] { return false }
            return true
        }
    }

    @inline(__always)
    private func nextControl(from start: Int) -> Int {
        var index = start
        while index &+ 8 <= count {
            let word = word(at: index)
            let hits = Bytewise.below(0x20, in: word) | Bytewise.equal(0x7F, in: word)
            if hits != 0 { return index + hits.trailingZeroBitCount / 8 }
            index += 8
        }
        while index < count, self[index] >= 0x20, self[index] != 0x7F { index += 1 }
        return index
    }
}

/// Questions asked of the eight bytes of a word at once. An answer has the high bit of each byte that says
/// yes; bytes above the lowest such may be wrong, so only the lowest counts.
enum Bytewise {
    static let highBits: UInt64 = 0x8080_8080_8080_8080
    private static let ones: UInt64 = 0x0101_0101_0101_0101

    /// - Parameter bound: at most 128.
    @inline(__always)
    static func below(_ bound: UInt64, in word: UInt64) -> UInt64 {
        (word &- ones &* bound) & ~word & highBits
    }

    @inline(__always)
    static func equal(_ byte: UInt64, in word: UInt64) -> UInt64 {
        let difference = word ^ (ones &* byte)
        return (difference &- ones) & ~difference & highBits
    }

    /// The word with its ASCII capitals in lower case; exact in every byte.
    @inline(__always)
    static func lowercased(_ word: UInt64) -> UInt64 {
        let low = word & ~highBits
        let pastZ = low &+ ones &* (0x7F - 0x5A)
        let fromA = low &+ ones &* (0x80 - 0x41)
        return word | ((fromA ^ pastZ) & ~word & highBits) &>> 2
    }
}
