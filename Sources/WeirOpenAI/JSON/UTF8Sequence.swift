/// The well-formed byte sequences of UTF-8 (RFC 3629 §4, Unicode table 3-7).
enum UTF8Sequence {
    /// How long the multi-byte sequence that begins here is; 0 when it is not well-formed.
    static func length(_ bytes: Span<UInt8>, at index: Int) -> Int {
        let lead = bytes[index]
        switch lead {
        case 0xC2...0xDF:
            return continues(bytes, index + 1) ? 2 : 0
        case 0xE0...0xEF:
            let lowest: UInt8 = lead == 0xE0 ? 0xA0 : 0x80
            let highest: UInt8 = lead == 0xED ? 0x9F : 0xBF
            return continues(bytes, index + 1, lowest, highest) && continues(bytes, index + 2) ? 3 : 0
        case 0xF0...0xF4:
            let lowest: UInt8 = lead == 0xF0 ? 0x90 : 0x80
            let highest: UInt8 = lead == 0xF4 ? 0x8F : 0xBF
            return continues(bytes, index + 1, lowest, highest) && continues(bytes, index + 2)
                && continues(bytes, index + 3) ? 4 : 0
        default:
            return 0
        }
    }

    @inline(__always)
    private static func continues(
        _ bytes: Span<UInt8>,
        _ index: Int,
        _ lowest: UInt8 = 0x80,
        _ highest: UInt8 = 0xBF
    ) -> Bool {
        index < bytes.count && bytes[index] >= lowest && bytes[index] <= highest
    }
}
