/// What one token costs. Prices are told in dollars per million tokens: a millionth of a dollar for a million of them is
/// a millionth of a millionth for one, so this is exact to six digits behind the point.
package struct TokenRate: Sendable, Hashable {
    package let picodollarsPerToken: UInt64

    package static let free = TokenRate(picodollarsPerToken: 0)

    /// Up to this many dollars per million tokens.
    package static let mostDollars = 1_000_000

    private init(picodollarsPerToken: UInt64) { self.picodollarsPerToken = picodollarsPerToken }

    /// - Parameter price: of a million tokens.
    /// - Returns: nil for more digits than six behind the point, and for more than ``mostDollars``.
    package init?(perMillion price: Money) {
        let (rate, rest) = price.picodollars.quotientAndRemainder(dividingBy: 1_000_000)
        guard rest == 0, rate <= UInt64(Self.mostDollars) * 1_000_000 else { return nil }
        picodollarsPerToken = rate
    }

    package var perMillion: Money { Money(picodollars: picodollarsPerToken * 1_000_000) }

    /// What so many tokens cost; nothing for fewer than one.
    package func cost(of tokens: Int) -> Money {
        let (product, overflows) = picodollarsPerToken.multipliedReportingOverflow(by: UInt64(max(0, tokens)))
        return overflows ? .most : Money(picodollars: product)
    }
}
