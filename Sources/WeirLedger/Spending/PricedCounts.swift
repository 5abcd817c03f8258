package import WeirOpenAI

/// Tokens of a number of answers and what they cost, with those apart whose model has no price.
package struct PricedCounts: Sendable, Equatable {
    /// All of them.
    package private(set) var tokens = TokenCounts()
    /// Of those, the ones whose model has no price.
    package private(set) var unpriced = TokenCounts()
    /// Answers that have not told what they used: all else here counts for them what was estimated.
    package private(set) var estimated: UInt64 = 0
    /// Of those with a price.
    package private(set) var cost = Money.zero

    package init() {}

    /// - Parameter cost: nil where the model has no price.
    package mutating func add(_ usage: Usage, cost: Money?, isEstimated: Bool = false) {
        tokens.add(usage)
        if isEstimated { estimated += 1 }
        if let cost {
            self.cost += cost
        } else {
            unpriced.add(usage)
        }
    }

    package mutating func add(_ other: PricedCounts) {
        tokens.add(other.tokens)
        unpriced.add(other.unpriced)
        estimated += other.estimated
        cost += other.cost
    }
}
