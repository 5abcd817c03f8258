import WeirLedger

/// What a number of AI answers used, and cost.
package struct CostStatistics: Sendable, Encodable, Equatable {
    package var calls: UInt64 = 0
    package var promptTokens: UInt64 = 0
    /// Those of `promptTokens` that the provider had cached.
    package var cachedPromptTokens: UInt64 = 0
    package var completionTokens: UInt64 = 0
    /// Those of `completionTokens` that the model reasoned with.
    package var reasoningTokens: UInt64 = 0
    /// Of calls whose model has a price.
    package var dollars = Dollars(.zero)
    /// Calls whose model has none, and their tokens: nobody knows what they cost.
    package var unpricedCalls: UInt64 = 0
    package var unpricedTokens: UInt64 = 0
    /// Calls whose answer has not told what it used, so that it was estimated.
    package var estimatedCalls: UInt64 = 0

    package init() {}

    init(_ counts: PricedCounts) {
        calls = counts.tokens.calls
        promptTokens = counts.tokens.prompt
        cachedPromptTokens = counts.tokens.cachedPrompt
        completionTokens = counts.tokens.completion
        reasoningTokens = counts.tokens.reasoning
        dollars = Dollars(counts.cost)
        unpricedCalls = counts.unpriced.calls
        unpricedTokens = counts.unpriced.total
        estimatedCalls = counts.estimated
    }
}
