import WeirLedger

/// What was spent on AI calls under one name, and saved.
package struct SpendingStatistics: Sendable, Encodable, Equatable {
    /// Of a route, a model, a user, or a value of a persona dimension; none for all that have no row of their own.
    package var name: String?
    /// Of a model: the one in the price table by whose price it is reckoned.
    package var pricedAs: String?
    /// On upstream calls.
    package var spent = CostStatistics()
    /// By answers that needed no call of their own, at today's prices.
    package var saved = CostStatistics()

    package init(name: String? = nil) { self.name = name }

    init(name: String?, _ counts: SpendingCounts) {
        self.name = name
        spent = CostStatistics(counts.spent)
        saved = CostStatistics(counts.saved)
    }

    /// Who has spent and saved most first, the rest last.
    static func rows(_ rows: SpendingRows) -> [SpendingStatistics] {
        let named = rows.sorted.map { SpendingStatistics(name: $0.name, $0.counts) }
        return rows.other == SpendingCounts() ? named : named + [SpendingStatistics(name: nil, rows.other)]
    }
}
