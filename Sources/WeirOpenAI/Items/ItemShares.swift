/// Divides counts among the items of a call by what each is about in tokens. The shares of a count are whole, and add up
/// to it exactly.
package struct ItemShares: Sendable {
    /// What the items before each are, and at the end all of them.
    private let sums: [Int]

    /// - Parameter tokens: each at least one.
    package init(_ tokens: [Int]) {
        var sums = [0]
        sums.reserveCapacity(tokens.count + 1)
        var sum = 0
        for count in tokens {
            sum += max(1, count)
            sums.append(sum)
        }
        self.sums = sums
    }

    package func share(of count: Int, item: Int) -> Int { part(count, sums[item + 1]) - part(count, sums[item]) }

    package func share(of usage: Usage, item: Int) -> Usage {
        Usage(
            prompt: share(of: usage.prompt, item: item),
            cachedPrompt: share(of: usage.cachedPrompt, item: item),
            writtenPrompt: share(of: usage.writtenPrompt, item: item),
            completion: share(of: usage.completion, item: item),
            reasoning: share(of: usage.reasoning, item: item),
            total: share(of: usage.total, item: item)
        )
    }

    /// What of the count falls to items that together are so many tokens, rounded down.
    private func part(_ count: Int, _ tokens: Int) -> Int {
        guard let all = sums.last, all > 0, count > 0 else { return 0 }
        let product = UInt(count).multipliedFullWidth(by: UInt(tokens))
        // `tokens` is at most `all`, so the quotient is at most `count`.
        return Int(UInt(all).dividingFullWidth((product.high, product.low)).quotient)
    }
}

extension Usage {
    package static func + (left: Usage, right: Usage) -> Usage {
        Usage(
            prompt: left.prompt + right.prompt,
            cachedPrompt: left.cachedPrompt + right.cachedPrompt,
            writtenPrompt: left.writtenPrompt + right.writtenPrompt,
            completion: left.completion + right.completion,
            reasoning: left.reasoning + right.reasoning,
            total: left.total + right.total
        )
    }
}
