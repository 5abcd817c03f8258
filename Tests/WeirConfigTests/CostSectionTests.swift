import Testing
import WeirConfig
import WeirLedger
import WeirProxy

/// What is asked for calls, and what may be spent: `prices`, `budget`, `rate_limit`.
@Suite struct CostSectionTests {
    @Test("Prices are added to those that Weir comes with, or stand in place of them")
    func prices() throws {
        let text = """
            prices:
              gpt-4o-mini: {input: 0.30, output: 1.20}
              llama-3: {input: 0.1, cached_input: 0.05, cache_write: 0.2, output: 0}
            """
        #expect(try Sample.read(Sample.least).proxy.prices == .builtIn)
        let prices = try Sample.read(text + "\n" + Sample.least).proxy.prices
        let mini = try #require(prices.price(of: "gpt-4o-mini-2024-07-18"))
        #expect(mini.input.perMillion.dollars == "0.30")
        #expect(mini.cachedInput == mini.input)
        #expect(mini.output.perMillion.dollars == "1.20")
        let own = try #require(prices.price(of: "llama-3"))
        #expect(own.cachedInput.perMillion.dollars == "0.05")
        #expect(own.cacheWrite.perMillion.dollars == "0.20")
        #expect(own.output == .free)
        #expect(prices.price(of: "gpt-4o") == PriceTable.builtIn.price(of: "gpt-4o"))
    }

    @Test("What a route lets its users and credentials use is read as it is written")
    func allowances() throws {
        let text =
            Sample.least + """
                    budget: {user_daily: 2.50, route_daily: 100, users: 7, unpriced: pass}
                    rate_limit: {user: {requests: 60}, credential: {requests: 600, tokens: 100000}, entries: 9}
                """
        let route = try #require(try Sample.read(text).proxy.routes.first)
        #expect(
            route.budget
                == BudgetSettings(
                    userDaily: Money(dollars: "2.5"),
                    routeDaily: Money(dollars: "100"),
                    users: 7,
                    unpriced: .pass
                )
        )
        #expect(
            route.rateLimit
                == RateLimitSettings(
                    user: .init(requests: 60),
                    credential: .init(requests: 600, tokens: 100_000),
                    entries: 9
                )
        )
        let bare = try #require(try Sample.read(Sample.least).proxy.routes.first)
        #expect(bare.budget == nil)
        #expect(bare.rateLimit == nil)
    }
}
