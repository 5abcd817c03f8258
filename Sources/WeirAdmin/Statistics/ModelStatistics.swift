/// Tokens of one model.
package struct ModelStatistics: Sendable, Encodable, Equatable {
    package var model: String
    package var calls: UInt64
    package var promptTokens: UInt64
    /// Those of `promptTokens` that the provider had cached.
    package var cachedPromptTokens: UInt64
    package var completionTokens: UInt64
    /// Those of `completionTokens` that the model reasoned with.
    package var reasoningTokens: UInt64

    package init(
        model: String,
        calls: UInt64,
        promptTokens: UInt64,
        cachedPromptTokens: UInt64,
        completionTokens: UInt64,
        reasoningTokens: UInt64
    ) {
        self.model = model
        self.calls = calls
        self.promptTokens = promptTokens
        self.cachedPromptTokens = cachedPromptTokens
        self.completionTokens = completionTokens
        self.reasoningTokens = reasoningTokens
    }
}
