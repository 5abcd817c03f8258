package import WeirOpenAI

/// What models' tokens cost, by the models' names. A model that is not in it has no price, which is not the same as being
/// free.
///
/// A name is looked up as it stands, byte for byte; if it is not there and ends in a date, without that:
///
///     gpt-4o-mini-2024-07-18 ──▶ gpt-4o-mini
///     gpt-4-0613             ──▶ gpt-4
///     ft:gpt-4o-mini-2024-07-18:org::id ──▶ ft:gpt-4o-mini-2024-07-18 ──▶ ft:gpt-4o-mini
///
/// A model tuned for somebody (`ft:`) has a price of its own, never that of the model it was made of.
package struct PriceTable: Sendable, Equatable {
    private var prices: [String: Price]

    package init(_ prices: [String: Price] = [:]) { self.prices = prices }

    package var count: Int { prices.count }

    /// This table with other prices added; one that is there already is replaced as a whole.
    package func replacing(_ others: [String: Price]) -> PriceTable {
        PriceTable(prices.merging(others) { _, other in other })
    }

    package func price(of model: String) -> Price? { name(of: model).flatMap { prices[$0] } }

    /// The name that a model's price stands under: one of the table's own, whatever a client asked for. Nil where it has
    /// none.
    package func name(of model: String) -> String? {
        let base = Self.tuned(model) ?? model
        if prices[base] != nil { return base }
        guard let undated = Self.undated(base), prices[undated] != nil else { return nil }
        return undated
    }

    /// What an answer of this model costs; nil where it has no price.
    package func cost(of usage: Usage, model: String) -> Money? { price(of: model)?.cost(of: usage) }

    // MARK: Names

    /// `ft:MODEL` of `ft:MODEL:ORGANISATION:NAME:ID`.
    private static func tuned(_ model: String) -> String? {
        guard model.hasPrefix("ft:") else { return nil }
        let end = model.dropFirst(3).firstIndex(of: ":") ?? model.endIndex
        return String(model[..<end])
    }

    /// Without `-YYYY-MM-DD` or `-MMDD` at its end; nil where there is neither, or nothing before it.
    private static func undated(_ model: String) -> String? {
        for pattern in ["-0000-00-00", "-0000"] where model.utf8.count > pattern.utf8.count {
            let end = model.utf8.suffix(pattern.utf8.count)
            let isDate = zip(end, pattern.utf8).allSatisfy { byte, shape in
                shape == UInt8(ascii: "-") ? byte == shape : byte &- 0x30 < 10
            }
            if isDate { return String(model.utf8.dropLast(pattern.utf8.count)) }
        }
        return nil
    }
}
