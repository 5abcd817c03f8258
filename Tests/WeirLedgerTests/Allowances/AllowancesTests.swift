import Synchronization
import Testing
import WeirLedger

@Suite struct AllowancesTests {
    private static let start = Moment(uptime: .seconds(1_000), unixSeconds: 1_704_067_200)

    private static func cents(_ number: UInt64) -> Money { Money(picodollars: number * 10_000_000_000) }

    private static func claim(
        _ user: String? = "ada",
        credential: UInt64? = 1,
        tokens: Int = 10,
        cost: Money? = cents(10)
    ) -> AllowanceClaim {
        AllowanceClaim(user: user, credential: credential, tokens: tokens, cost: cost)
    }

    private func grant(_ verdict: AllowanceVerdict) throws -> AllowanceGrant {
        guard case .granted(let grant) = verdict else { throw Unexpected(verdict: "\(verdict)") }
        return grant
    }

    private func refusal(_ verdict: AllowanceVerdict) throws -> AllowanceRefusal {
        guard case .refused(let refusal) = verdict else { throw Unexpected(verdict: "\(verdict)") }
        return refusal
    }

    private struct Unexpected: Error { let verdict: String }

    @Test("where nothing is set everything is granted, and nothing kept")
    func unlimited() throws {
        let allowances = Allowances(settings: AllowanceSettings())
        for _ in 0..<100 { _ = try grant(allowances.admit(Self.claim(cost: nil), at: Self.start)) }
        #expect(allowances.levels(user: "ada", credential: 1, at: Self.start) == RateLevels())
        #expect(allowances.totals().users == BudgetTotal())
    }

    @Test("what nobody has asked for is the route's alone, and is held to its budget")
    func routePays() throws {
        let settings = AllowanceSettings(
            budget: BudgetSettings(userDaily: Self.cents(5), routeDaily: Self.cents(15)),
            rateLimit: RateLimitSettings(user: .init(requests: 1), credential: .init(requests: 1))
        )
        let allowances = Allowances(settings: settings)
        var claim = Self.claim()
        claim.payer = .route
        let granted = try grant(allowances.admit(claim, at: Self.start))
        #expect(allowances.levels(user: "ada", credential: 1, at: Self.start).requests?.remaining == 1)
        guard case .budget(.route, _) = try refusal(allowances.admit(claim, at: Self.start)) else {
            Issue.record("expected the route's budget")
            return
        }
        allowances.settle(granted, tokens: 10, cost: Self.cents(1), at: Self.start)
        #expect(allowances.totals().users == BudgetTotal())
        #expect(allowances.totals().route.spent == Self.cents(1))
        _ = try grant(allowances.admit(claim, at: Self.start))
    }

    @Test("each limit refuses by its name, and then nothing of the others is taken")
    func scopes() throws {
        let settings = AllowanceSettings(
            budget: BudgetSettings(userDaily: Self.cents(50), routeDaily: Self.cents(80)),
            rateLimit: RateLimitSettings(user: .init(requests: 8), credential: .init(requests: 9, tokens: 100))
        )
        let allowances = Allowances(settings: settings)
        let first = try grant(allowances.admit(Self.claim(cost: Self.cents(40)), at: Self.start))
        guard
            case .budget(.user, let user) = try refusal(
                allowances.admit(Self.claim(cost: Self.cents(20)), at: Self.start)
            )
        else {
            Issue.record("expected the user's budget")
            return
        }
        #expect(user.left == Self.cents(10))
        guard
            case .budget(.route, let route) = try refusal(
                allowances.admit(Self.claim("bob", cost: Self.cents(50)), at: Self.start)
            )
        else {
            Issue.record("expected the route's budget")
            return
        }
        #expect(route.left == Self.cents(40))
        #expect(route.resetsIn == .seconds(86_400))
        guard
            case .rate(.credential, let rate) = try refusal(
                allowances.admit(Self.claim("cleo", tokens: 95), at: Self.start)
            )
        else {
            Issue.record("expected the credential's rate")
            return
        }
        #expect(rate.measure == .tokens)

        let totals = allowances.totals()
        #expect(totals.users.reserved == Self.cents(40))
        #expect(totals.route.reserved == Self.cents(40))
        let levels = allowances.levels(user: "ada", credential: 1, at: Self.start)
        #expect(levels.requests?.remaining == 7)
        #expect(levels.tokens?.remaining == 90)
        #expect(allowances.levels(user: "bob", credential: 2, at: Self.start).requests?.remaining == 8)

        allowances.settle(first, tokens: 30, cost: Self.cents(2), at: Self.start)
        #expect(allowances.totals().users.spent == Self.cents(2))
        #expect(allowances.totals().route.reserved == .zero)
        #expect(allowances.levels(user: "ada", credential: 1, at: Self.start).tokens?.remaining == 70)

        let second = try grant(allowances.admit(Self.claim(), at: Self.start))
        allowances.giveBack(second, at: Self.start)
        #expect(allowances.levels(user: "ada", credential: 1, at: Self.start).requests?.remaining == 7)
        #expect(allowances.totals().users.reserved == .zero)
    }

    @Test("a model without a price is refused where there is a budget, unless the route lets it pass")
    func unpriced() throws {
        var budget = BudgetSettings(userDaily: Self.cents(50))
        let allowances = Allowances(settings: AllowanceSettings(budget: budget))
        #expect(try refusal(allowances.admit(Self.claim(cost: nil), at: Self.start)) == .unpriced)
        #expect(AllowanceRefusal.unpriced.wait == nil)
        budget.unpriced = .pass
        allowances.adopt(AllowanceSettings(budget: budget))
        let granted = try grant(allowances.admit(Self.claim(cost: nil), at: Self.start))
        allowances.settle(granted, tokens: 5, cost: .zero, at: Self.start)
        #expect(allowances.totals().users == BudgetTotal())
    }

    @Test("settings that change keep what was spent; other rates begin anew")
    func adopted() throws {
        var settings = AllowanceSettings(
            budget: BudgetSettings(userDaily: Self.cents(50)),
            rateLimit: RateLimitSettings(user: .init(requests: 2))
        )
        let allowances = Allowances(settings: settings)
        let granted = try grant(allowances.admit(Self.claim(cost: Self.cents(40)), at: Self.start))
        allowances.settle(granted, tokens: 0, cost: Self.cents(40), at: Self.start)
        settings.budget?.userDaily = Self.cents(45)
        allowances.adopt(settings)
        #expect(allowances.levels(user: "ada", credential: nil, at: Self.start).requests?.remaining == 1)
        guard case .budget(.user, let refused) = try refusal(allowances.admit(Self.claim(), at: Self.start)) else {
            Issue.record("expected the user's budget")
            return
        }
        #expect(refused.left == Self.cents(5))
        settings.rateLimit?.user.requests = 3
        allowances.adopt(settings)
        #expect(allowances.levels(user: "ada", credential: nil, at: Self.start).requests?.remaining == 3)
        // What was granted before a limit was taken away is settled without it.
        let last = try grant(allowances.admit(Self.claim(cost: Self.cents(1)), at: Self.start))
        allowances.adopt(AllowanceSettings())
        allowances.settle(last, tokens: 1, cost: Self.cents(1), at: Self.start)
        #expect(allowances.totals().users == BudgetTotal())
    }

    @Test("users without a name, or with one of any length, share what one may use")
    func nameless() throws {
        let allowances = Allowances(settings: AllowanceSettings(budget: BudgetSettings(userDaily: Self.cents(15))))
        _ = try grant(allowances.admit(Self.claim(nil), at: Self.start))
        let long = String(repeating: "x", count: Allowances.longestUser + 1)
        _ = try refusal(allowances.admit(Self.claim(long), at: Self.start))
        _ = try grant(allowances.admit(Self.claim(String(long.dropLast())), at: Self.start))
    }

    @Test("more users than are told apart cannot spend more than their number's and the shards' budgets")
    func manyUsers() {
        let settings = AllowanceSettings(budget: BudgetSettings(userDaily: Self.cents(10), users: 32))
        let allowances = Allowances(settings: settings)
        for index in 0..<2_000 {
            guard case .granted(let granted) = allowances.admit(Self.claim("u\(index)"), at: Self.start) else {
                continue
            }
            allowances.settle(granted, tokens: 0, cost: Self.cents(10), at: Self.start)
        }
        #expect(allowances.totals().users.spent <= Self.cents(10 * (32 + 16)))
    }

    /// What a test knows of a budget: what has been granted, and is not settled or has been spent.
    private struct Known {
        var outstanding: [String: Money] = [:]
        var spent: [String: Money] = [:]
    }

    /// A value that tasks share.
    private final class Shared<Value: Sendable>: Sendable {
        private let value: Mutex<Value>

        init(_ value: Value) { self.value = Mutex(value) }

        func withLock<Result>(_ body: (inout sending Value) -> sending Result) -> sending Result {
            value.withLock(body)
        }
    }

    @Test(
        "calls at once are never granted more than the budget, however they interleave",
        .timeLimit(.minutes(1)),
        arguments: [1 as UInt64, 2, 3]
    )
    func concurrent(seed: UInt64) async {
        let users = (0..<5).map { "u\($0)" }
        let (userLimit, routeLimit) = (Self.cents(100), Self.cents(300))
        let allowances = Allowances(
            settings: AllowanceSettings(budget: BudgetSettings(userDaily: userLimit, routeDaily: routeLimit))
        )
        let known = Shared(Known())
        await withTaskGroup(of: Void.self) { group in
            for task in 0..<8 {
                group.addTask {
                    var random = seed &* 1_000 &+ UInt64(task)
                    func next(_ bound: UInt64) -> UInt64 {
                        random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                        return (random >> 33) % bound
                    }
                    for _ in 0..<2_000 {
                        let user = users[Int(next(5))]
                        let estimate = Self.cents(1 + next(20))
                        guard
                            case .granted(let grant) = allowances.admit(
                                Self.claim(user, cost: estimate),
                                at: Self.start
                            )
                        else { continue }
                        known.withLock { $0.outstanding[user, default: .zero] += estimate }
                        if next(50) == 0 { await Task.yield() }
                        // An answer costs no more than was estimated, and mostly nothing: the budget lasts.
                        let cost = next(20) == 0 ? estimate : .zero
                        known.withLock { known in
                            known.outstanding[user, default: .zero] -= estimate
                            known.spent[user, default: .zero] += cost
                        }
                        if cost == .zero, next(2) == 0 {
                            allowances.giveBack(grant, at: Self.start)
                        } else {
                            allowances.settle(grant, tokens: 0, cost: cost, at: Self.start)
                        }
                        let sum = known.withLock { known in
                            users.map { (known.outstanding[$0] ?? .zero) + (known.spent[$0] ?? .zero) }
                        }
                        #expect(sum.allSatisfy { $0 <= userLimit })
                        #expect(sum.reduce(.zero, +) <= routeLimit)
                    }
                }
            }
        }
        let totals = allowances.totals()
        let spent = known.withLock { $0.spent.values.reduce(Money.zero, +) }
        #expect(totals.users.spent == spent)
        #expect(totals.route.spent == spent)
        #expect(totals.users.reserved == .zero)
        #expect(totals.route.reserved == .zero)
    }

    @Test("requests at once are never more than the rate", .timeLimit(.minutes(1)))
    func concurrentRates() async {
        let allowances = Allowances(
            settings: AllowanceSettings(
                rateLimit: RateLimitSettings(user: .init(requests: 100), credential: .init(tokens: 1_000))
            )
        )
        let granted = Shared([String: Int]())
        await withTaskGroup(of: Void.self) { group in
            for task in 0..<8 {
                group.addTask {
                    for index in 0..<300 {
                        let user = "u\((task + index) % 3)"
                        let claim = Self.claim(user, credential: 7, tokens: 5)
                        guard case .granted = allowances.admit(claim, at: Self.start) else { continue }
                        granted.withLock { $0[user, default: 0] += 1 }
                    }
                }
            }
        }
        let counts = granted.withLock { $0 }
        #expect(counts.values.allSatisfy { $0 <= 100 })
        #expect(counts.values.reduce(0, +) == 200)
        #expect(allowances.levels(user: "u0", credential: 7, at: Self.start).tokens?.remaining == 0)
    }
}
