package import WeirOpenAI

/// Tokens of a number of answers.
package struct TokenCounts: Sendable, Equatable {
    package private(set) var calls: UInt64 = 0
    package private(set) var prompt: UInt64 = 0
    /// A part of ``prompt``.
    package private(set) var cachedPrompt: UInt64 = 0
    package private(set) var completion: UInt64 = 0
    /// A part of ``completion``.
    package private(set) var reasoning: UInt64 = 0

    package init() {}

    /// Input and output.
    package var total: UInt64 { prompt &+ completion }

    package mutating func add(_ usage: Usage) {
        calls += 1
        prompt += UInt64(max(0, usage.prompt))
        cachedPrompt += UInt64(max(0, usage.cachedPrompt))
        completion += UInt64(max(0, usage.completion))
        reasoning += UInt64(max(0, usage.reasoning))
    }

    package mutating func add(_ other: TokenCounts) {
        calls += other.calls
        prompt += other.prompt
        cachedPrompt += other.cachedPrompt
        completion += other.completion
        reasoning += other.reasoning
    }
}
