package import WeirOpenAI

/// What a model's tokens cost.
package struct Price: Sendable, Hashable {
    package var input: TokenRate
    /// Of input that the provider has in a cache of its own.
    package var cachedInput: TokenRate
    /// Of input that the provider puts into that cache.
    package var cacheWrite: TokenRate
    /// Reasoning included.
    package var output: TokenRate

    /// - Parameters:
    ///   - cachedInput: as ``input`` where nil.
    ///   - cacheWrite: as ``input`` where nil.
    package init(
        input: TokenRate,
        cachedInput: TokenRate? = nil,
        cacheWrite: TokenRate? = nil,
        output: TokenRate
    ) {
        self.input = input
        self.cachedInput = cachedInput ?? input
        self.cacheWrite = cacheWrite ?? input
        self.output = output
    }

    /// What an answer with this usage costs.
    ///
    /// Cached and written input are parts of the prompt, reasoning is a part of the completion. A usage that gives a
    /// total alone, as some providers' embeddings do, is all input.
    package func cost(of usage: Usage) -> Money {
        let hasParts = usage.prompt > 0 || usage.completion > 0
        let prompt = max(0, hasParts ? usage.prompt : usage.total)
        let cached = min(max(0, usage.cachedPrompt), prompt)
        let written = min(max(0, usage.writtenPrompt), prompt - cached)
        return input.cost(of: prompt - cached - written)
            + cachedInput.cost(of: cached)
            + cacheWrite.cost(of: written)
            + output.cost(of: usage.completion)
    }
}
