import WeirLedger

extension ValueType<Money> {
    /// `2.50`: dollars, with at most six digits behind the point.
    static let money = ValueType(
        name: "money",
        measure: "dollars; 0 to \(TokenRate.mostDollars)",
        expected: "an amount of dollars such as 2.50",
        parse: { text throws(ValueError) in try MoneyText.parse(text) },
        format: { $0.dollars }
    )
}

extension ValueType<TokenRate> {
    /// `0.15`: what a million tokens cost.
    static let price = ValueType(
        name: "money",
        measure: "dollars per million tokens; 0 to \(TokenRate.mostDollars)",
        expected: "a price in dollars per million tokens such as 0.15",
        parse: { text throws(ValueError) in
            guard let rate = TokenRate(perMillion: try MoneyText.parse(text)) else { throw .mismatch }
            return rate
        },
        format: { $0.perMillion.dollars }
    )
}

/// Dollars as `proxy.conf` has them.
private enum MoneyText {
    private static let places = 6

    static func parse(_ text: String) throws(ValueError) -> Money {
        guard let money = Money(dollars: text) else {
            let digits = text.hasPrefix("$") ? String(text.dropFirst()) : text
            guard digits != text, Money(dollars: digits) != nil else { throw .mismatch }
            throw .suggestion(digits)
        }
        let decimals = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false).dropFirst()
        guard (decimals.first?.utf8.count ?? 0) <= places else {
            throw .range("at most \(places) digits behind the point")
        }
        guard let most = Money(dollars: String(TokenRate.mostDollars)), money <= most else {
            throw .range("at most \(TokenRate.mostDollars) dollars")
        }
        return money
    }
}
