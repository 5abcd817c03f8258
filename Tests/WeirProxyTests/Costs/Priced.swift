import NIOCore
import WeirLedger
import WeirOpenAI
import WeirTesting

@testable import WeirProxy

/// Prices, requests and answers whose costs can be reckoned by heart, in half dollars: one for a token that goes in, two for
/// one that comes out.
enum Priced {
    /// What ``Chat/usage`` costs, 3 and 2 tokens, in dollars.
    static let cost = "3.50"

    static let prices = PriceTable([
        "m": Price(input: rate("500000"), output: rate("1000000")),
        "cheap": Price(input: rate("250000"), output: rate("250000")),
    ])

    private static func rate(_ perMillion: String) -> TokenRate {
        guard let money = Money(dollars: perMillion), let rate = TokenRate(perMillion: money) else {
            preconditionFailure("Cannot read a rate that is no money")
        }
        return rate
    }

    /// So many half dollars, as dollars are told.
    static func dollars(_ halves: Int) -> String { "\(halves / 2).\(halves % 2 * 5)0" }

    static func money(_ halves: Int) -> Money {
        guard let money = Money(dollars: dollars(halves)) else { preconditionFailure("Cannot read what is no money") }
        return money
    }

    /// At most ten tokens come out, so that a request is estimated at 20 half dollars and its input.
    static func request(_ text: String = "hi", members: String = "") -> String {
        Chat.request(text, members: #","max_tokens":10"# + members)
    }

    /// What ``request(_:members:)`` is estimated to cost, in half dollars.
    static func estimate(_ body: String = request()) -> Int {
        let estimate = RequestEstimate.read(ByteBuffer(string: body), endpoint: .chatCompletions)
        return (estimate?.input ?? 0) + 2 * (estimate?.output ?? 0)
    }

    /// - Parameters:
    ///   - user: what each may spend in a day, in half dollars.
    ///   - daily: what all of them may.
    static func routes(
        user: Int? = nil,
        route daily: Int? = nil,
        change: (inout RouteSettings) -> Void = { _ in }
    ) -> [RouteSettings] {
        Chat.routes { route in
            if user != nil || daily != nil {
                route.budget = BudgetSettings(
                    userDaily: user.map(money),
                    routeDaily: daily.map(money)
                )
            }
            change(&route)
        }
    }
}

extension Weir {
    func ask(
        _ text: String = "hi",
        user: String? = "ada",
        members: String = "",
        fields: String = ""
    ) async throws -> ReceivedResponse {
        let named = user.map { "X-User-Id: \($0)\r\n" } ?? ""
        return try await chat(
            Priced.request(text, members: members),
            fields: "Authorization: Bearer a\r\n" + named + fields
        )
    }

    /// What was spent and saved in all, in dollars.
    func spending() async -> (spent: String, saved: String) {
        let total = await proxy.snapshot().totals.spending.total
        return (total.spent.cost.dollars, total.saved.cost.dollars)
    }

    /// What of the first route's budgets is spent, and what is reserved.
    func budget() async -> (users: BudgetTotal, route: BudgetTotal)? { await proxy.snapshot().routes[0].budget }
}

extension ReceivedResponse {
    var cost: String? { self["X-Weir-Cost"] }
    var saved: String? { self["X-Weir-Saved"] }

    func trailer(_ name: String) -> String? { body.trailers.first { $0.name == name }?.value }
}
