package import WeirOpenAI

/// What a number of answers cost, or would have cost: those that upstreams were paid for, and those that came from
/// elsewhere in their stead.
package struct SpendingCounts: Sendable, Equatable {
    /// Upstream calls.
    package private(set) var spent = PricedCounts()
    /// Answers that needed no call of their own: hits, followers of a flight.
    package private(set) var saved = PricedCounts()

    package init() {}

    /// - Parameter cost: nil where the model has no price.
    package mutating func spend(_ usage: Usage, cost: Money?, isEstimated: Bool = false) {
        spent.add(usage, cost: cost, isEstimated: isEstimated)
    }

    /// - Parameter cost: of the call that was not made; nil where the model has no price.
    package mutating func save(_ usage: Usage, cost: Money?) { saved.add(usage, cost: cost) }

    package mutating func add(_ other: SpendingCounts) {
        spent.add(other.spent)
        saved.add(other.saved)
    }
}
