import WeirOpenAI

/// Tokens of one model's calls: spent upstream, and not spent because an answer was stored or shared.
package struct TokenCounts: Sendable, Equatable {
    package private(set) var calls: UInt64 = 0
    package private(set) var prompt: UInt64 = 0
    package private(set) var cachedPrompt: UInt64 = 0
    package private(set) var completion: UInt64 = 0

    package init() {}

    mutating func add(_ usage: Usage) {
        calls += 1
        prompt += UInt64(max(0, usage.prompt))
        cachedPrompt += UInt64(max(0, usage.cachedPrompt))
        completion += UInt64(max(0, usage.completion))
    }

    mutating func add(_ other: TokenCounts) {
        calls += other.calls
        prompt += other.prompt
        cachedPrompt += other.cachedPrompt
        completion += other.completion
    }
}
