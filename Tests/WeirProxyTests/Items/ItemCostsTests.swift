import Testing
import WeirLedger
import WeirTesting
import WeirUpstream

@testable import WeirProxy

/// Who pays for items: whoever has them fetched, half a dollar a token. The provider counts letters, and Weir takes each of
/// these words for one token when it divides what a call has used.
@Suite struct ItemCostsTests {
    private static func configure(_ settings: inout ProxySettings) { settings.prices = Priced.prices }

    @Test("what is fetched costs, what is stored is saved, and both are told")
    func partial() async throws {
        try await withWeir(routes: Priced.routes(user: 100), configure: Self.configure, answer: Embeddings.answering) {
            weir in
            let first = try await weir.embed(["aaaa", "bb"], fields: "X-User-Id: ada\r\n")
            #expect(first.cost == "3.00" && first.saved == nil)
            let second = try await weir.embed(["bb", "cc", "aaaa", "cc"], fields: "X-User-Id: bob\r\n")
            #expect(second.cost == "1.00" && second.saved == "4.00")
            let third = try await weir.embed(["cc", "aaaa"], fields: "X-User-Id: eve\r\n")
            #expect(third.cost == "0.00" && third.saved == "2.50")
            let sums = await weir.spending()
            #expect(sums.spent == "4.00" && sums.saved == "6.50")
            #expect(await weir.budget()?.users.spent.dollars == "4.00")
            #expect(await weir.proxy.snapshot().totals.spending.users.rows["bob"]?.spent.cost.dollars == "1.00")
        }
    }

    @Test("a budget is asked for what is missing alone; what is stored is free")
    func budget() async throws {
        let long = String(repeating: "word ", count: 30)
        try await withWeir(routes: Priced.routes(user: 20), configure: Self.configure, answer: Embeddings.answering) {
            weir in
            _ = try await weir.embed(["a", "b"], fields: "X-User-Id: ada\r\n")
            let refused = try await weir.embed(["a", long], fields: "X-User-Id: bob\r\n")
            #expect(try refused.status == 429 && refused.error().code == "budget_exceeded")
            #expect(try await weir.embed(["a", "b", "a"], fields: "X-User-Id: bob\r\n").status == 200)
            #expect(try await weir.embed(["a", "c"], fields: "X-User-Id: bob\r\n").status == 200)
            #expect(try weir.calls == [["a", "b"], ["c"]])
            let budget = try #require(await weir.budget())
            #expect(budget.users.reserved.dollars == "0.00")
        }
    }

    @Test("errors cost nothing", arguments: ["400 Bad Request", "500 No"])
    func failing(status: String) async throws {
        try await withWeir(
            routes: Priced.routes(user: 100),
            configure: {
                Self.configure(&$0)
                $0.upstreams[0].retry.attempts = 1
            }
        ) { _, connection in
            try await connection.respond(status: status, body: "no")
        } _: { weir in
            let answer = try await weir.embed(["a", "b"])
            #expect(answer.text == "no")
            #expect(await weir.budget()?.users == BudgetTotal())
        }
    }
}
