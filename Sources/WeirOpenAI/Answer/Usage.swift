/// The tokens an answer took.
package struct Usage: Sendable, Equatable {
    /// Of the input, ``cachedPrompt`` included.
    package var prompt: Int
    /// What of the input the provider had in a cache of its own.
    package var cachedPrompt: Int
    /// What of the input the provider has put into that cache.
    package var writtenPrompt: Int
    /// Of the output, ``reasoning`` included.
    package var completion: Int
    package var reasoning: Int
    package var total: Int

    package init(
        prompt: Int = 0,
        cachedPrompt: Int = 0,
        writtenPrompt: Int = 0,
        completion: Int = 0,
        reasoning: Int = 0,
        total: Int? = nil
    ) {
        self.prompt = prompt
        self.cachedPrompt = cachedPrompt
        self.writtenPrompt = writtenPrompt
        self.completion = completion
        self.reasoning = reasoning
        self.total = total ?? prompt + completion
    }

    /// Reads a `usage` object of either style: `prompt_tokens` and `completion_tokens`, or the Responses API's
    /// `input_tokens` and `output_tokens`. Nil when it has neither. The details are an open map; unknown ones are
    /// passed over.
    init?(_ document: JSONDocument, _ node: Int) {
        func count(_ names: String...) -> Int? {
            names.lazy.compactMap { document.integer($0, of: node) }.first.map(Self.bounded)
        }
        func detail(_ name: String, in objects: String...) -> Int {
            let object = objects.lazy.compactMap { document.value($0, of: node) }.first
            return Self.bounded(object.flatMap { document.integer(name, of: $0) } ?? 0)
        }
        let input = count("prompt_tokens", "input_tokens")
        let output = count("completion_tokens", "output_tokens")
        let all = count("total_tokens")
        guard input != nil || output != nil || all != nil else { return nil }
        prompt = input ?? 0
        completion = output ?? 0
        cachedPrompt = detail("cached_tokens", in: "prompt_tokens_details", "input_tokens_details")
        writtenPrompt = detail("cache_write_tokens", in: "prompt_tokens_details", "input_tokens_details")
        reasoning = detail("reasoning_tokens", in: "completion_tokens_details", "output_tokens_details")
        total = all ?? prompt + completion
    }

    /// Whatever an upstream says, sums of these do not overflow in this world.
    private static func bounded(_ count: Int) -> Int { min(max(0, count), 1 << 40) }
}
