/// Walks a comma-separated list (RFC 9110 §5.6.1) without allocating: yields where each member lies, without the
/// white space around it, and passes over empty members.
///
///     no-cache="a, b" , ,max-age=5
///     └── member ───┘    └ member ┘
struct ListScanner {
    /// What a quotation mark opens.
    enum Quoting {
        /// A quoted-string, in which a backslash escapes (RFC 9110 §5.6.4).
        case quotedString
        /// An opaque-tag, in which a backslash is a character like any other (RFC 9110 §8.8.3).
        case opaqueTag
    }

    private var position = 0
    private let quoting: Quoting
    /// A quotation mark was never closed: the member that it stands in runs to the end of the value.
    private(set) var isUnterminated = false

    init(_ quoting: Quoting = .quotedString) { self.quoting = quoting }

    /// - Parameter value: the same one at every call.
    /// - Returns: indices of `value`, or nil at its end.
    mutating func next(in value: Span<UInt8>) -> Range<Int>? {
        while position < value.count {
            let start = position
            let end = endOfMember(in: value)
            position = end + 1
            let member = value.trimmed(start..<end)
            if !member.isEmpty { return member }
        }
        return nil
    }

    /// The index of the comma that ends the member at `position`, or the end of `value`.
    private mutating func endOfMember(in value: Span<UInt8>) -> Int {
        var index = position
        var isQuoted = false
        while index < value.count {
            switch value[index] {
            case ASCII.comma where !isQuoted: return index
            case ASCII.quote: isQuoted.toggle()
            case ASCII.backslash where isQuoted && quoting == .quotedString: index += 1
            case _: break
            }
            index += 1
        }
        if isQuoted { isUnterminated = true }
        return value.count
    }
}

extension Span where Element == UInt8 {
    /// The part of `range` that is left without white space at its ends.
    func trimmed(_ range: Range<Int>) -> Range<Int> {
        var lower = range.lowerBound
        var upper = range.upperBound
        while lower < upper, ASCII.isBlank(self[lower]) { lower += 1 }
        while lower < upper, ASCII.isBlank(self[upper - 1]) { upper -= 1 }
        return lower..<upper
    }
}
