package import WeirOpenAI

/// Tokens that one model's upstream calls have spent.
package struct TokenCounts: Sendable, Equatable {
    package private(set) var calls: UInt64 = 0
    package private(set) var prompt: UInt64 = 0
    package private(set) var cachedPrompt: UInt64 = 0
    package private(set) var completion: UInt64 = 0

    package init() {}

    package mutating func add(_ usage: Usage) {
        calls += 1
        prompt += UInt64(max(0, usage.prompt))
        cachedPrompt += UInt64(max(0, usage.cachedPrompt))
        completion += UInt64(max(0, usage.completion))
    }

    package mutating func add(_ other: TokenCounts) {
        calls += other.calls
        prompt += other.prompt
        cachedPrompt += other.cachedPrompt
        completion += other.completion
    }
}
