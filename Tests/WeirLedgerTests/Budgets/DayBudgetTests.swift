import Testing

@testable import WeirLedger

@Suite struct DayBudgetTests {
    /// Monday, 2024-01-01 00:00:00 UTC.
    private static let monday: Int64 = 1_704_067_200

    private static func cents(_ number: UInt64) -> Money { Money(picodollars: number * 10_000_000_000) }

    private static func budget(_ limit: UInt64 = 100, names: Int = 10) -> DayBudget {
        DayBudget(limit: cents(limit), limitOfNames: names)
    }

    private func grant(_ verdict: DayBudget.Verdict) throws -> DayBudget.Reservation {
        guard case .granted(let reservation) = verdict else { throw Refused() }
        return reservation
    }

    private func refusal(_ verdict: DayBudget.Verdict) throws -> DayBudget.Refusal {
        guard case .refused(let refusal) = verdict else { throw Refused() }
        return refusal
    }

    private struct Refused: Error {}

    @Test("what is under way counts by its estimate, what is over by its cost")
    func life() throws {
        var budget = Self.budget()
        let now = Self.monday + 3_600
        let first = try grant(budget.reserve(Self.cents(60), for: "ada", unixSeconds: now))
        let refused = try refusal(budget.reserve(Self.cents(60), for: "ada", unixSeconds: now))
        #expect(refused == .init(limit: Self.cents(100), left: Self.cents(40), resetsIn: .seconds(23 * 3_600)))
        budget.settle(first, cost: Self.cents(5))
        let second = try grant(budget.reserve(Self.cents(95), for: "ada", unixSeconds: now))
        _ = try refusal(budget.reserve(Money(picodollars: 1), for: "ada", unixSeconds: now))
        budget.giveBack(second)
        _ = try grant(budget.reserve(Self.cents(95), for: "ada", unixSeconds: now))
        _ = try grant(budget.reserve(Self.cents(100), for: "bob", unixSeconds: now))
    }

    @Test("what costs more than was estimated is spent all the same, and ends the day's budget")
    func overrun() throws {
        var budget = Self.budget()
        let reservation = try grant(budget.reserve(Self.cents(1), for: "ada", unixSeconds: Self.monday))
        budget.settle(reservation, cost: Self.cents(300))
        let refused = try refusal(budget.reserve(.zero, for: "ada", unixSeconds: Self.monday))
        #expect(refused.left == .zero)
    }

    @Test("an estimate beyond the whole budget is refused, and an amount without end too")
    func tooMuch() throws {
        var budget = DayBudget(limit: .most, limitOfNames: 10)
        _ = try refusal(budget.reserve(.most, for: "ada", unixSeconds: 0))
        _ = try grant(budget.reserve(Money(picodollars: .max - 1), for: "ada", unixSeconds: 0))
        _ = try refusal(budget.reserve(Money(picodollars: 5), for: "ada", unixSeconds: 0))
        var small = Self.budget()
        _ = try refusal(small.reserve(Self.cents(101), for: "ada", unixSeconds: 0))
    }

    @Test("at midnight UTC everybody begins anew, and what the day before reserved is its own")
    func midnight() throws {
        var budget = Self.budget()
        let late = try grant(budget.reserve(Self.cents(90), for: "ada", unixSeconds: Self.monday + 86_399))
        let refused = try refusal(budget.reserve(Self.cents(90), for: "ada", unixSeconds: Self.monday + 86_399))
        #expect(refused.resetsIn == .seconds(1))
        let early = try grant(budget.reserve(Self.cents(90), for: "ada", unixSeconds: Self.monday + 86_400))
        budget.settle(late, cost: Self.cents(90))
        let next = try refusal(budget.reserve(Self.cents(20), for: "ada", unixSeconds: Self.monday + 86_400))
        #expect(next.left == Self.cents(10))
        #expect(next.resetsIn == .seconds(86_400))
        budget.giveBack(early)
        _ = try grant(budget.reserve(Self.cents(100), for: "ada", unixSeconds: Self.monday + 86_400))
    }

    @Test("a clock set back across midnight gives nobody a second budget; one set back by days begins anew")
    func clockSetBack() throws {
        var budget = Self.budget()
        _ = try grant(budget.reserve(Self.cents(100), for: "ada", unixSeconds: Self.monday + 86_400))
        let before = try refusal(budget.reserve(Self.cents(1), for: "ada", unixSeconds: Self.monday + 86_398))
        #expect(before.resetsIn == .seconds(86_402))
        _ = try refusal(budget.reserve(Self.cents(1), for: "ada", unixSeconds: Self.monday + 86_401))
        _ = try grant(budget.reserve(Self.cents(1), for: "ada", unixSeconds: Self.monday - 1))
    }

    @Test("days before 1970 are days too", arguments: [(-1, -1), (-86_400, -1), (-86_401, -2), (0, 0), (86_399, 0)])
    func days(unixSeconds: Int64, number: Int64) {
        #expect(UTCDay(unixSeconds: unixSeconds).number == number)
    }

    @Test("who comes when all places are taken shares a budget, and is given no other on that day")
    func full() throws {
        var budget = Self.budget(names: 2)
        let ada = try grant(budget.reserve(Self.cents(10), for: "ada", unixSeconds: Self.monday))
        _ = try grant(budget.reserve(Self.cents(10), for: "bob", unixSeconds: Self.monday))
        let cleo = try grant(budget.reserve(Self.cents(60), for: "cleo", unixSeconds: Self.monday))
        _ = try refusal(budget.reserve(Self.cents(60), for: "dan", unixSeconds: Self.monday))
        budget.settle(cleo, cost: Self.cents(60))
        // A place is free again, but Cleo has spent of what is shared.
        budget.giveBack(ada)
        #expect(budget.names == 1)
        _ = try refusal(budget.reserve(Self.cents(60), for: "cleo", unixSeconds: Self.monday))
        #expect(budget.names == 1)
        // Bob, who has an account, keeps it.
        _ = try grant(budget.reserve(Self.cents(90), for: "bob", unixSeconds: Self.monday))
        _ = try grant(budget.reserve(Self.cents(60), for: "cleo", unixSeconds: Self.monday + 86_400))
        #expect(budget.names == 1)
    }

    @Test("those without a name share one budget, which takes nobody's place")
    func nameless() throws {
        var budget = Self.budget(names: 1)
        _ = try grant(budget.reserve(Self.cents(60), for: nil, unixSeconds: Self.monday))
        _ = try refusal(budget.reserve(Self.cents(60), for: nil, unixSeconds: Self.monday))
        _ = try grant(budget.reserve(Self.cents(60), for: "ada", unixSeconds: Self.monday))
        #expect(budget.names == 1)
    }

    @Test("who has neither spent nor reserved anything takes no place")
    func emptied() throws {
        var budget = Self.budget(names: 3)
        for index in 0..<1_000 {
            budget.giveBack(try grant(budget.reserve(Self.cents(1), for: "u\(index)", unixSeconds: Self.monday)))
        }
        #expect(budget.names == 0)
    }

    @Test("a limit that changes counts what was spent before")
    func changed() throws {
        var budget = Self.budget()
        budget.settle(try grant(budget.reserve(Self.cents(50), for: "ada", unixSeconds: 0)), cost: Self.cents(50))
        budget.limit = Self.cents(40)
        #expect(try refusal(budget.reserve(Self.cents(1), for: "ada", unixSeconds: 0)).left == .zero)
        budget.limit = Self.cents(60)
        _ = try grant(budget.reserve(Self.cents(10), for: "ada", unixSeconds: 0))
    }
}
