/// How large a state zlib makes: `2^(windowBits + 2) + 2^(memoryLevel + 9)` bytes (zlib's `zconf.h`).
struct DeflateSize: Equatable {
    /// Added to `windowBits` it asks for gzip's header and trailer.
    static let gzipWrapper: Int32 = 16

    /// The window, within which repetition is found, has `2^windowBits` bytes.
    var windowBits: Int32
    /// The hash table has `2^(memoryLevel + 7)` slots, and a block ends after `2^(memoryLevel + 6)` symbols.
    var memoryLevel: Int32

    /// A window that holds the whole input and zlib's margin, and a block that holds it too, so that a short input
    /// loses nothing by its small state.
    init(expectedLength: Int?) {
        windowBits = 15
        memoryLevel = 8
        guard let expectedLength else { return }
        while windowBits > 10, 1 << (windowBits - 1) >= expectedLength + Self.margin { windowBits -= 1 }
        while memoryLevel > 5, 1 << (memoryLevel + 5) >= expectedLength { memoryLevel -= 1 }
    }

    /// `MIN_LOOKAHEAD`: so many bytes of the window cannot be referred to.
    private static let margin = 262
}
