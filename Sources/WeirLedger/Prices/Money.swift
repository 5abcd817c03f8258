/// An amount of dollars, counted in millionths of a millionth of one, so that tokens times their price is exact.
///
/// Never negative, and never more than ``most`` (some 18 million dollars): what would go beyond either stays there.
package struct Money: Sendable, Hashable, Comparable {
    package let picodollars: UInt64

    package static let zero = Money(picodollars: 0)
    package static let most = Money(picodollars: .max)

    private static let perDollar: UInt64 = 1_000_000_000_000
    /// Digits behind the point that tell every amount.
    private static let places = 12

    package init(picodollars: UInt64) { self.picodollars = picodollars }

    /// Reads dollars: `2`, `2.50`, `0.000075`. Nil for anything but digits, with a point among them and at most twelve
    /// behind it, and for more than ``most``.
    package init?(dollars text: some StringProtocol) {
        let parts = text.utf8.split(separator: UInt8(ascii: "."), maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = parts.first, let whole = Self.number(first) else { return nil }
        var fraction: UInt64 = 0
        if parts.count == 2 {
            guard parts[1].count <= Self.places, let digits = Self.number(parts[1]) else { return nil }
            fraction = (parts[1].count..<Self.places).reduce(digits) { value, _ in value * 10 }
        }
        let (product, overflows) = whole.multipliedReportingOverflow(by: Self.perDollar)
        let (sum, carries) = product.addingReportingOverflow(fraction)
        guard !overflows, !carries else { return nil }
        picodollars = sum
    }

    /// The value of one to eighteen decimal digits.
    private static func number(_ digits: some Collection<UInt8>) -> UInt64? {
        guard (1...18).contains(digits.count), digits.allSatisfy({ $0 &- 0x30 < 10 }) else { return nil }
        return digits.reduce(0) { $0 * 10 + UInt64($1 &- 0x30) }
    }

    /// Exactly, in dollars, with at least two digits behind the point: `2.50`, `0.000075`.
    package var dollars: String {
        let fraction = String(picodollars % Self.perDollar)
        var digits = Array(String(repeating: "0", count: Self.places - fraction.utf8.count).utf8) + fraction.utf8
        while digits.count > 2, digits.last == UInt8(ascii: "0") { digits.removeLast() }
        return "\(picodollars / Self.perDollar).\(String(decoding: digits, as: UTF8.self))"
    }

    package static func < (left: Money, right: Money) -> Bool { left.picodollars < right.picodollars }

    package static func + (left: Money, right: Money) -> Money {
        let (sum, overflows) = left.picodollars.addingReportingOverflow(right.picodollars)
        return overflows ? most : Money(picodollars: sum)
    }

    /// Nothing where more is taken than there is.
    package static func - (left: Money, right: Money) -> Money {
        Money(picodollars: left.picodollars - min(left.picodollars, right.picodollars))
    }

    package static func += (left: inout Money, right: Money) { left = left + right }
    package static func -= (left: inout Money, right: Money) { left = left - right }
}
