/// A span of time in whole seconds as HTTP's caching fields write it (RFC 9111 §1.2.2).
enum DeltaSeconds {
    /// What anything larger counts as: 2³¹.
    static let maximum: Int64 = 1 << 31

    /// - Returns: nil unless `text` is one digit or more and nothing else.
    static func parse(_ text: Span<UInt8>) -> Int64? {
        guard text.count > 0 else { return nil }
        var seconds: Int64 = 0
        for index in 0..<text.count {
            guard ASCII.isDigit(text[index]) else { return nil }
            seconds = min(maximum, seconds * 10 + Int64(text[index] - 0x30))
        }
        return seconds
    }

    static func clamp(_ seconds: Int64) -> Int64 { min(max(0, seconds), maximum) }
}
