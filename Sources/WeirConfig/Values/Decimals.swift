/// Numbers as `proxy.conf` has them: decimal digits, no sign, no exponent.
enum Decimals {
    /// nil for anything but 1 to 18 digits, so that it never overflows.
    static func whole(_ text: some StringProtocol) -> Int? {
        let digits = text.utf8
        guard (1...18).contains(digits.count), digits.allSatisfy({ $0 &- 0x30 < 10 }) else { return nil }
        return digits.reduce(0) { $0 * 10 + Int($1 &- 0x30) }
    }

    /// `12` or `12.5`, with at most six digits behind the point.
    static func fraction(_ text: some StringProtocol) -> Double? {
        let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = parts.first, let integer = whole(first), integer <= 1_000_000 else { return nil }
        guard parts.count == 2 else { return Double(integer) }
        guard parts[1].utf8.count <= 6, whole(parts[1]) != nil else { return nil }
        return Double("\(integer).\(parts[1])")
    }

    /// `64KiB` as 64 and `KiB`; nil unless there are digits and after them anything but digits.
    static func measure(_ text: String) -> (number: Int, unit: String)? {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        guard let number = whole(digits) else { return nil }
        return (number, String(text.dropFirst(digits.count)))
    }
}
