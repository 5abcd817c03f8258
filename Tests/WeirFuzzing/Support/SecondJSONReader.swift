import Foundation

/// Foundation's reading of a text and of its canonical form, which must be one and the same value.
enum SecondJSONReader {
    /// Top-level members that no key holds.
    private static let leftOut: Set<String> = [
        "user", "safety_identifier", "metadata", "prompt_cache_key", "prompt_cache_retention", "stream",
        "stream_options",
    ]

    static func check(_ text: [UInt8], against canonical: [UInt8]) throws(Violation) {
        guard isComparable(text), var original = read(text), let again = read(canonical) else { return }
        for name in leftOut { original[name] = nil }
        try require(isSame(original, again), "\(original) is not \(again)")
    }

    /// Foundation's names are strings of Swift's, of which some are equal that have other bytes.
    private static func isComparable(_ text: [UInt8]) -> Bool {
        let escape = Array("\\u".utf8)
        guard text.allSatisfy({ $0 < 0x80 && $0 != 0 }) else { return false }
        for index in text.indices.dropLast(5) where text[index..<index + 2].elementsEqual(escape) {
            guard text[index + 2] == 0x30, text[index + 3] == 0x30, (0x30...0x37).contains(text[index + 4]) else {
                return false
            }
        }
        return true
    }

    private static func read(_ text: [UInt8]) -> [String: Any]? {
        try? JSONSerialization.jsonObject(with: Data(text)) as? [String: Any]
    }

    private static func isSame(_ left: Any, _ right: Any) -> Bool {
        switch (left, right) {
        case (let left as [String: Any], let right as [String: Any]):
            left.count == right.count
                && left.allSatisfy { name, value in right[name].map { isSame(value, $0) } ?? false }
        case (let left as [Any], let right as [Any]):
            left.count == right.count && zip(left, right).allSatisfy { isSame($0, $1) }
        case (let left as String, let right as String): left.utf8.elementsEqual(right.utf8)
        case (is NSNull, is NSNull): true
        case (let left as NSNumber, let right as NSNumber): isSame(left, right)
        default: false
        }
    }

    /// Equal but for what rounding may do to a text of many digits.
    private static func isSame(_ left: NSNumber, _ right: NSNumber) -> Bool {
        let (left, right) = (left.doubleValue, right.doubleValue)
        return left == right || abs(left - right) <= 1e-12 * max(abs(left), abs(right)) + 1e-300
    }
}
