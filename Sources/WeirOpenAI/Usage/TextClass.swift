/// Kinds of characters that a tokenizer treats alike. Runs of one kind are split into tokens in one way.
enum TextClass {
    case capital, letter
    /// A letter of the Latin script beyond ASCII, or a mark on one.
    case accentedLetter
    case digit, punctuation, space, newline
    /// A letter of an alphabet, or a sign of a syllabary, other than Latin: Cyrillic, Greek, Arabic, Devanagari, Thai …
    case otherLetter
    case hangul, kana, han
    /// Dashes, quotation marks, arrows, operators, signs.
    case symbol
    /// Beyond the basic plane and no Han: emoji, mostly.
    case pictograph

    @inline(__always)
    init(_ code: UInt32) {
        if code < 0x80 {
            self.init(ascii: UInt8(truncatingIfNeeded: code))
        } else {
            self.init(beyondASCII: code)
        }
    }

    @inline(__always)
    private init(ascii byte: UInt8) {
        self =
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"): .letter
            case UInt8(ascii: " "), UInt8(ascii: "\t"): .space
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): .capital
            case UInt8(ascii: "0")...UInt8(ascii: "9"): .digit
            case UInt8(ascii: "\n"), UInt8(ascii: "\r"): .newline
            default: .punctuation
            }
    }

    private init(beyondASCII code: UInt32) {
        self =
            switch code {
            case 0xC0...0x24F, 0x300...0x36F, 0x1E00...0x1EFF: .accentedLetter
            case 0x1100...0x11FF, 0x3130...0x318F, 0xAC00...0xD7AF: .hangul
            case 0x250...0x1DFF: .otherLetter
            case 0x3040...0x312F, 0x31F0...0x31FF: .kana
            case 0x2E80...0x2FFF, 0x3400...0x9FFF, 0xF900...0xFAFF, 0x20000...0x323AF: .han
            case 0x10000...: .pictograph
            default: .symbol
            }
    }
}
