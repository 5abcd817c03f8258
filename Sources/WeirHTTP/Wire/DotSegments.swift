/// Segments that a server may resolve as `.` or `..` (RFC 3986 §5.2.4).
enum DotSegments {
    /// Whether there is one however it is spelt: with its dots escaped, with parameters behind it, or between
    /// separators that only some servers take for such (`%2F`, `\`, `%5C`).
    static func areIn(_ path: Span<UInt8>) -> Bool {
        var dots = 0
        var isPlain = true
        var index = 0
        while index < path.count {
            switch character(of: path, at: &index) {
            case UInt8(ascii: "."): dots += 1
            case UInt8(ascii: "/"), UInt8(ascii: "\\"):
                if isPlain, dots == 1 || dots == 2 { return true }
                (dots, isPlain) = (0, true)
            case UInt8(ascii: ";"):
                if isPlain, dots == 1 || dots == 2 { return true }
                isPlain = false
            default: isPlain = false
            }
        }
        return isPlain && (dots == 1 || dots == 2)
    }

    /// The character at `index`, unescaped where it is escaped; escapes are whole. Moves on behind it.
    private static func character(of path: Span<UInt8>, at index: inout Int) -> UInt8 {
        let byte = path[index]
        guard byte == UInt8(ascii: "%"), index + 2 < path.count, let high = ASCII.hexValue(path[index + 1]),
            let low = ASCII.hexValue(path[index + 2])
        else {
            index += 1
            return byte
        }
        index += 3
        return high << 4 | low
    }
}
