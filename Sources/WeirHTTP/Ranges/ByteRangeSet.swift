/// The value of a `Range` field in bytes (RFC 9110 §14.1.2, §14.2).
///
///     bytes=0-499, 1000-, -200
package struct ByteRangeSet: Sendable, Equatable {
    package enum Spec: Sendable, Equatable {
        /// From one position up to another, both included; to the end where there is none.
        case from(UInt64, through: UInt64?)
        /// So many of the last bytes.
        case last(UInt64)
    }

    package private(set) var specs: [Spec] = []

    /// - Parameter limit: more ranges than so many are not taken.
    /// - Returns: nil for another unit, and where anything is wrong: the field is ignored then.
    package init?(_ value: some Collection<UInt8>, limit: Int) {
        let specs: [Spec]? = value.withBytes { Self.parse($0, limit: limit) }
        guard let specs, !specs.isEmpty else { return nil }
        self.specs = specs
    }

    private static func parse(_ value: Span<UInt8>, limit: Int) -> [Spec]? {
        let unit: StaticString = "bytes="
        let unitLength = unit.utf8CodeUnitCount
        guard value.count > unitLength, value.extracting(0..<unitLength).equalsIgnoringCase(unit) else { return nil }
        let set = value.extracting(unitLength..<value.count)
        var specs: [Spec] = []
        var members = ListScanner()
        while let member = members.next(in: set) {
            guard specs.count < limit, let spec = parseSpec(set.extracting(member)) else { return nil }
            specs.append(spec)
        }
        return specs
    }

    private static func parseSpec(_ text: Span<UInt8>) -> Spec? {
        guard let dash = text.indices.first(where: { text[$0] == UInt8(ascii: "-") }) else { return nil }
        let after = text.extracting(dash + 1..<text.count)
        if dash == 0 { return position(after).map { .last($0) } }
        guard let first = position(text.extracting(0..<dash)) else { return nil }
        if after.isEmpty { return .from(first, through: nil) }
        guard let last = position(after), last >= first else { return nil }
        return .from(first, through: last)
    }

    /// One digit or more and nothing else. What is too large for a position is past every end.
    private static func position(_ text: Span<UInt8>) -> UInt64? {
        guard !text.isEmpty else { return nil }
        var position: UInt64 = 0
        for index in text.indices {
            guard ASCII.isDigit(text[index]) else { return nil }
            let (tens, overflow) = position.multipliedReportingOverflow(by: 10)
            let (sum, carry) = tens.addingReportingOverflow(UInt64(text[index] - 0x30))
            position = overflow || carry ? .max : sum
        }
        return position
    }

    /// The parts of a body that are asked for, in the order of the request. Those that overlap or touch are one, at the
    /// place of the first of them (RFC 9110 §15.3.7.2).
    /// - Parameter length: of the body, in bytes.
    /// - Returns: empty where none of the ranges can be satisfied.
    package func parts(ofLength length: Int) -> [Range<Int>] {
        var parts: [Range<Int>] = []
        for spec in specs {
            guard var part = spec.part(ofLength: length) else { continue }
            var place = parts.count
            for index in parts.indices.reversed() where Self.touch(parts[index], part) {
                let other = parts.remove(at: index)
                part = min(part.lowerBound, other.lowerBound)..<max(part.upperBound, other.upperBound)
                place = index
            }
            parts.insert(part, at: place)
        }
        return parts
    }

    private static func touch(_ one: Range<Int>, _ other: Range<Int>) -> Bool {
        one.lowerBound <= other.upperBound && other.lowerBound <= one.upperBound
    }
}

extension ByteRangeSet.Spec {
    /// - Returns: nil where it cannot be satisfied.
    fileprivate func part(ofLength length: Int) -> Range<Int>? {
        switch self {
        case .from(let first, let last):
            guard first < length else { return nil }
            // The last position is included; without one, or past the end, it is all there is.
            return Int(first)..<Int(min(last ?? .max, UInt64(length) - 1)) + 1
        case .last(let count):
            guard count > 0, length > 0 else { return nil }
            return length - Int(min(count, UInt64(length)))..<length
        }
    }
}
