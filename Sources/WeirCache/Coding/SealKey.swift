import COpenSSL

/// The key that stored responses are sealed with where they leave this process (`cache.seal_key`): 256 bits that never
/// show in a description, a mirror or a log.
///
/// No two values are sealed with one AES key: each has its own, ``derived(for:)`` 256 random bits that go with it. Under a
/// single key random nonces of 96 bits are good for 2³² values (NIST SP 800-38D §8.3), which a busy cache passes within
/// days. Of 2⁸⁰ values two share their bits, and so their key, with a probability under 2⁻⁹⁶; and a key that seals one
/// value needs no nonce but zero.
package struct SealKey: Sendable, Equatable {
    /// Bytes of the key.
    static let size = 32

    private let words: SIMD4<UInt64>

    /// - Parameter text: 32 bytes as 64 hexadecimal digits, or in base64 (RFC 4648 §4 or §5, padded or not); nil for
    ///   anything else.
    package init?(_ text: String) {
        guard let words = Self.hexadecimal(text.utf8) ?? Self.base64(text.utf8) else { return nil }
        self.words = words
    }

    /// Tells keys apart without telling them: 32 bits that nothing is sealed with.
    var identifier: UInt32 { UInt32(truncatingIfNeeded: authenticate(SIMD4(repeating: 0), label: 0)[0] >> 32) }

    /// An AES key for one value.
    /// - Parameter salt: random bits that the value carries.
    func derived(for salt: SIMD4<UInt64>) -> SIMD4<UInt64> { authenticate(salt, label: 1) }

    /// HMAC-SHA-256 (RFC 2104), which takes the place of a key derivation's one step (NIST SP 800-108 §4).
    private func authenticate(_ salt: SIMD4<UInt64>, label: UInt8) -> SIMD4<UInt64> {
        var code = SIMD4<UInt64>()
        let message = (salt, label)
        unsafe withUnsafeBytes(of: words) { key in
            unsafe withUnsafeBytes(of: message) { message in
                unsafe withUnsafeMutableBytes(of: &code) { code in
                    // Reads 32 and 33 bytes and writes 32, the sizes of these values; it fails for lack of memory alone.
                    let result = unsafe HMAC(
                        EVP_sha256(),
                        key.baseAddress,
                        Int32(Self.size),
                        message.assumingMemoryBound(to: UInt8.self).baseAddress,
                        Self.size + 1,
                        code.assumingMemoryBound(to: UInt8.self).baseAddress,
                        nil
                    )
                    guard unsafe result != nil else { preconditionFailure("Cannot authenticate without memory") }
                }
            }
        }
        return code
    }
}

// MARK: Reading

extension SealKey {
    private static func hexadecimal(_ text: String.UTF8View) -> SIMD4<UInt64>? {
        decode(text, digits: 64, bitsPerDigit: 4) { digit in
            switch digit {
            case 0x30...0x39: digit - 0x30
            case 0x41...0x46: digit - 0x37
            case 0x61...0x66: digit - 0x57
            default: nil
            }
        }
    }

    private static func base64(_ text: String.UTF8View) -> SIMD4<UInt64>? {
        let digits = text.count == 44 && text.last == UInt8(ascii: "=") ? text.dropLast() : text[...]
        return decode(digits, digits: 43, bitsPerDigit: 6) { digit in
            switch digit {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): digit - 0x41
            case UInt8(ascii: "a")...UInt8(ascii: "z"): digit - 0x61 + 26
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - 0x30 + 52
            case UInt8(ascii: "+"), UInt8(ascii: "-"): 62
            case UInt8(ascii: "/"), UInt8(ascii: "_"): 63
            default: nil
            }
        }
    }

    /// - Returns: nil unless there are so many digits, all of them good, and no bit is set past the 256th.
    private static func decode(
        _ text: some Collection<UInt8>,
        digits: Int,
        bitsPerDigit: Int,
        value: (UInt8) -> UInt8?
    ) -> SIMD4<UInt64>? {
        guard text.count == digits else { return nil }
        var words = SIMD4<UInt64>()
        var byteCount = 0
        var bits: UInt32 = 0
        var bitCount = 0
        for digit in text {
            guard let value = value(digit) else { return nil }
            bits = bits << UInt32(bitsPerDigit) | UInt32(value)
            bitCount += bitsPerDigit
            guard bitCount >= 8 else { continue }
            bitCount -= 8
            words[byteCount / 8] = words[byteCount / 8] << 8 | UInt64(bits >> UInt32(bitCount) & 255)
            byteCount += 1
        }
        guard bits & (1 << UInt32(bitCount) - 1) == 0 else { return nil }
        return SIMD4(words[0].bigEndian, words[1].bigEndian, words[2].bigEndian, words[3].bigEndian)
    }
}

// MARK: Showing

extension SealKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "SealKey" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
