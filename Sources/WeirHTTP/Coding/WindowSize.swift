/// How far back brotli and zstd look for repetition, as an exponent of two. They keep so much of a body in memory.
enum WindowSize {
    /// 256 KiB, for a body that streams: a thousand of them under way take no gigabytes.
    static let streaming = 18
    /// 4 MiB, for a body at hand. A recipient need not have more than 8 MiB for zstd (RFC 9659 §3).
    static let whole = 22
    /// 1 KiB, the least that both allow.
    private static let least = 10

    /// - Returns: no more than `most`, and no more than the whole input needs.
    static func bits(upTo most: Int, expectedLength: Int?) -> Int {
        var bits = most
        while bits > least, let expectedLength, 1 << (bits - 1) >= expectedLength { bits -= 1 }
        return bits
    }
}
