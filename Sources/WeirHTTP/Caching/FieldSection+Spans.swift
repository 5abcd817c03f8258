import NIOCore

extension FieldSection {
    /// Lends the bytes of one line's value, without copying or counting references.
    @inline(__always)
    func withValueBytes<Result>(of line: FieldLine, _ body: (Span<UInt8>) -> Result) -> Result {
        let start = Int(line.valueStart) - storage.readerIndex
        return body(storage.readableBytesUInt8Span.extracting(start..<start + Int(line.valueLength)))
    }
}

extension Span where Element == UInt8 {
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
