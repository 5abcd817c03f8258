import Testing
import WeirLedger
import WeirOpenAI

@Suite struct PriceTableTests {
    private static func rate(_ dollars: String) throws -> TokenRate {
        try #require(Money(dollars: dollars).flatMap(TokenRate.init(perMillion:)))
    }

    private static func price(_ input: String, _ cached: String? = nil, _ output: String) throws -> Price {
        Price(input: try rate(input), cachedInput: try cached.map(rate), output: try rate(output))
    }

    @Test(
        "a model is priced under its own name, or without its date",
        arguments: [
            ("gpt-4o-mini", "gpt-4o-mini"), ("gpt-4o-mini-2024-07-18", "gpt-4o-mini"),
            ("gpt-4o-2024-11-20", "gpt-4o"), ("gpt-4o-2024-05-13", "gpt-4o-2024-05-13"), ("gpt-4-0613", "gpt-4"),
            ("gpt-4-0125-preview", "gpt-4-0125-preview"), ("gpt-3.5-turbo-0125", "gpt-3.5-turbo"),
            ("gpt-3.5-turbo-1106", "gpt-3.5-turbo-1106"), ("gpt-4.1-nano-2025-04-14", "gpt-4.1-nano"),
            ("gpt-5.2-2025-12-11", "gpt-5.2"), ("o3-2025-04-16", "o3"), ("o1", "o1"),
            ("text-embedding-3-small", "text-embedding-3-small"),
            ("omni-moderation-2024-09-26", "omni-moderation"), ("omni-moderation-latest", "omni-moderation-latest"),
            ("ft:gpt-4o-mini-2024-07-18:acme::abc", "ft:gpt-4o-mini"), ("ft:gpt-4o:acme:x:1", "ft:gpt-4o"),
            ("ft:gpt-3.5-turbo-0613:acme", "ft:gpt-3.5-turbo"),
        ]
    )
    func names(model: String, name: String) {
        #expect(PriceTable.builtIn.name(of: model) == name)
        #expect(PriceTable.builtIn.price(of: model) == PriceTable.builtIn.price(of: name))
        #expect(PriceTable.builtIn.price(of: model) != nil)
    }

    @Test(
        "a model that is not listed has no price, and is not free",
        arguments: [
            "", "gpt", "gpt-4o-mini-2024-07", "gpt-4o-mini-20240718", "gpt-4o-mini-2024-07-18-2024-07-18",
            "GPT-4o-mini", "gpt-4o-mini ", "openai/gpt-4o-mini", "gpt-4o-mini-x", "-2024-07-18", "-0613", "ft:",
            "ft:o1:a",
            "ft:gpt-5", "gpt-4o-audio-preview", "gpt-image-1", "claude-sonnet-4-5", "gpt-4o-mini-٢٠٢٤-٠٧-١٨",
        ]
    )
    func unknown(model: String) {
        #expect(PriceTable.builtIn.name(of: model) == nil)
        #expect(PriceTable.builtIn.price(of: model) == nil)
        #expect(PriceTable.builtIn.cost(of: Usage(prompt: 1), model: model) == nil)
    }

    @Test("moderations cost nothing, which is known")
    func moderations() {
        #expect(PriceTable.builtIn.cost(of: Usage(prompt: 1_000_000), model: "omni-moderation-latest") == .zero)
    }

    @Test("every line of the built-in table is read, and none costs more when it is cached")
    func builtIn() throws {
        #expect(PriceTable.builtIn.count > 70)
        #expect(PriceTable.builtInDate.utf8.count == 10)
        #expect(PriceTable.builtIn.price(of: "gpt-4o-mini") == (try Self.price("0.15", "0.075", "0.60")))
        #expect(PriceTable.builtIn.price(of: "gpt-4") == (try Self.price("30", "30", "60")))
        for model in ["gpt-5", "gpt-4o", "gpt-4.1", "o3", "o4-mini", "ft:gpt-4o"] {
            let price = try #require(PriceTable.builtIn.price(of: model))
            #expect(price.cachedInput.perMillion < price.input.perMillion)
            #expect(price.input.perMillion < price.output.perMillion)
        }
    }

    @Test("a price of one's own stands in for the built-in one, and dated names follow it unless they are listed")
    func replaced() throws {
        let own = try Self.price("1", "0.5", "2")
        let table = PriceTable.builtIn.replacing(["gpt-4o": own, "llama-3": own])
        #expect(table.price(of: "gpt-4o") == own)
        #expect(table.price(of: "gpt-4o-2024-11-20") == own)
        #expect(table.price(of: "gpt-4o-2024-05-13") == PriceTable.builtIn.price(of: "gpt-4o-2024-05-13"))
        #expect(table.price(of: "llama-3") == own)
        #expect(table.price(of: "gpt-4o-mini") == PriceTable.builtIn.price(of: "gpt-4o-mini"))
        #expect(table.count == PriceTable.builtIn.count + 1)
    }

    @Test(
        "what an answer costs",
        arguments: [
            (Usage(), "0.00"), (Usage(prompt: 1), "0.000002"), (Usage(prompt: 1_000, completion: 500), "0.006"),
            (Usage(prompt: 1_000, cachedPrompt: 400, completion: 500), "0.0056"),
            // Reasoning is in the completion already.
            (Usage(prompt: 1_000, cachedPrompt: 400, completion: 500, reasoning: 450), "0.0056"),
            (Usage(prompt: 1_000, cachedPrompt: 400, writtenPrompt: 100, completion: 500), "0.00565"),
            // No more is cached than there is.
            (Usage(prompt: 10, cachedPrompt: 400, writtenPrompt: 400), "0.00001"),
            (Usage(prompt: 10, writtenPrompt: 400), "0.000025"),
            (Usage(prompt: -5, cachedPrompt: -5, writtenPrompt: -5, completion: -5, total: -5), "0.00"),
            // An embedding whose usage has a total alone.
            (Usage(total: 1_000), "0.002"), (Usage(prompt: 1_000, total: 9_000), "0.002"),
            (Usage(prompt: .max, completion: .max, total: 0), "18446744.073709551615"),
        ] as [(Usage, String)]
    )
    func costs(usage: Usage, dollars: String) throws {
        let price = Price(
            input: try Self.rate("2"),
            cachedInput: try Self.rate("1"),
            cacheWrite: try Self.rate("2.5"),
            output: try Self.rate("8")
        )
        #expect(price.cost(of: usage).dollars == dollars)
    }

    @Test("what has no price for cached or written input costs as other input")
    func defaults() throws {
        let price = Price(input: try Self.rate("2"), output: try Self.rate("8"))
        let usage = Usage(prompt: 100, cachedPrompt: 40, writtenPrompt: 40)
        #expect(price.cost(of: usage) == price.cost(of: Usage(prompt: 100)))
    }

    @Test("a cost is exact where a double would not be")
    func exact() throws {
        let price = try Self.price("0.1", nil, "0.2")
        var sum = Money.zero
        for _ in 0..<1_000_000 { sum += price.cost(of: Usage(prompt: 1, completion: 1)) }
        #expect(sum.dollars == "0.30")
    }
}
