extension Collection<UInt8> {
    /// Lends these bytes, which are copied only where they do not lie side by side.
    func withBytes<Result>(_ body: (Span<UInt8>) -> Result) -> Result {
        // The buffer is valid within the closure, and a span of it cannot leave that.
        withContiguousStorageIfAvailable { unsafe body($0.span) } ?? body(Array(self).span)
    }
}

extension Span where Element == UInt8 {
    func equals(_ other: Span<UInt8>) -> Bool {
        guard count == other.count else { return false }
        for index in 0..<count where self[index] != other[index] { return false }
        return true
    }

    /// - Parameter name: in lower case.
    func equalsIgnoringCase(lowercase name: String) -> Bool {
        name.utf8.withBytes { letters in
            guard count == letters.count else { return false }
            for index in 0..<count where ASCII.lowercased(self[index]) != letters[index] { return false }
            return true
        }
    }

    func equalsIgnoringCase(_ text: StaticString) -> Bool {
        guard count == text.utf8CodeUnitCount else { return false }
        // The buffer holds `utf8CodeUnitCount` bytes, which is `count`, and does not leave the closure.
        return text.withUTF8Buffer { letters in
            for index in 0..<count where unsafe ASCII.lowercased(self[index]) != ASCII.lowercased(letters[index]) {
                return false
            }
            return true
        }
    }

    /// Whether these bytes are a token (RFC 9110 §5.6.2).
    var isToken: Bool {
        for index in 0..<count where !ASCII.isTokenCharacter(self[index]) { return false }
        return count > 0
    }

    var array: [UInt8] { (0..<count).map { self[$0] } }

    /// As a string of lower-case letters, for names that are compared in any case.
    var lowercasedString: String {
        String(decoding: (0..<count).map { ASCII.lowercased(self[$0]) }, as: UTF8.self)
    }
}
