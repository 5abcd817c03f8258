import Testing
import WeirLedger
import WeirOpenAI

@Suite struct SpendingTests {
    private static let cent = Money(picodollars: 10_000_000_000)

    private static func entry(
        _ route: String = "/v1",
        _ model: String = "m",
        user: String? = nil,
        persona: Persona = Persona(),
        tokens: Int = 10,
        cost: Money? = cent
    ) -> Spending.Entry {
        let usage = Usage(prompt: tokens, cachedPrompt: 4, completion: 5, reasoning: 2)
        return Spending.Entry(route: route, model: model, user: user, persona: persona, usage: usage, cost: cost)
    }

    @Test("what is spent and saved adds up by route, model, user and value of each dimension")
    func sums() throws {
        var spending = Spending()
        let beginner = Persona([.experienceLevel: "beginner", .interests: "b, a"])
        spending.spend(Self.entry("/chat", "a", user: "ada", persona: beginner))
        spending.spend(Self.entry("/chat", "b", user: "bob"))
        spending.save(Self.entry("/chat", "a", user: "bob", persona: beginner))
        spending.save(Self.entry("/embeddings", "a", tokens: 100))

        #expect(spending.total.spent.tokens.calls == 2)
        #expect(spending.total.spent.cost == Self.cent + Self.cent)
        #expect(spending.total.saved.tokens.calls == 2)
        #expect(spending.total.saved.tokens.prompt == 110)
        let chat = try #require(spending.routes.rows["/chat"])
        #expect(chat.spent.cost == Self.cent + Self.cent)
        #expect(chat.saved.cost == Self.cent)
        #expect(chat.spent.tokens.prompt == 20)
        #expect(chat.spent.tokens.cachedPrompt == 8)
        #expect(chat.spent.tokens.completion == 10)
        #expect(chat.spent.tokens.reasoning == 4)
        #expect(chat.spent.tokens.total == 30)
        #expect(spending.models.rows["a"]?.saved.tokens.calls == 2)
        #expect(spending.models.rows["b"]?.saved.tokens.calls == 0)
        #expect(spending.users.rows.keys.sorted() == ["ada", "bob"])
        #expect(spending.users.rows["bob"]?.spent.cost == Self.cent)
        #expect(spending.dimensions[.experienceLevel]?.rows["beginner"]?.spent.tokens.calls == 1)
        #expect(spending.dimensions[.experienceLevel]?.rows["beginner"]?.saved.tokens.calls == 1)
        #expect(spending.dimensions[.interests]?.rows.keys.sorted() == ["a,b"])
        #expect(spending.dimensions[.learningStyle]?.rows.isEmpty == true)
    }

    @Test("a model without a price is counted apart, and not as free")
    func unpriced() {
        var spending = Spending()
        spending.spend(Self.entry(cost: nil))
        spending.spend(Self.entry(cost: .zero))
        #expect(spending.total.spent.tokens.calls == 2)
        #expect(spending.total.spent.unpriced.calls == 1)
        #expect(spending.total.spent.unpriced.total == 15)
        #expect(spending.total.spent.cost == .zero)
    }

    @Test("names that clients make up do not grow the tables, and nothing of them is lost")
    func bounds() {
        var total = Spending(bounds: SpendingBounds(routes: 2, models: 8, users: 5, values: 3))
        for worker in 0..<3 {
            var spending = Spending(bounds: SpendingBounds(routes: 2, models: 8, users: 5, values: 3))
            for index in 0..<50 {
                let name = "\(worker)-\(index)"
                spending.spend(Self.entry(name, name, user: name, persona: Persona([.learningStyle: name])))
            }
            #expect(spending.users.rows.count == 5)
            #expect(spending.users.other.spent.tokens.calls == 45)
            total.add(spending)
        }
        #expect(total.total.spent.tokens.calls == 150)
        for rows in [total.routes, total.models, total.users, total.dimensions[.learningStyle]].compactMap(\.self) {
            #expect(rows.rows.count == rows.limit)
            let calls = rows.rows.values.reduce(rows.other.spent.tokens.calls) { $0 + $1.spent.tokens.calls }
            #expect(calls == 150)
        }
    }

    @Test("made-up models do not take the places of those that have a price")
    func madeUpModels() {
        var spending = Spending(bounds: SpendingBounds(models: 8))
        for index in 0..<100 { spending.spend(Self.entry("/", "made-up-\(index)", cost: nil)) }
        #expect(spending.models.rows.count == 4)
        for model in ["a", "b", "c", "d", "e"] { spending.spend(Self.entry("/", model)) }
        #expect(["a", "b", "c", "d"].allSatisfy { spending.models.rows[$0] != nil })
        #expect(spending.models.rows["e"] == nil)
        #expect(spending.models.other.spent.tokens.calls == 97)
    }

    @Test("a name cannot pass for the rest, nor be of any length")
    func names() {
        var spending = Spending(bounds: SpendingBounds(users: 2))
        spending.spend(Self.entry(user: "other"))
        spending.spend(Self.entry(user: ""))
        spending.spend(Self.entry(user: "third"))
        #expect(spending.users.rows.keys.sorted() == ["", "other"])
        #expect(spending.users.other.spent.tokens.calls == 1)
        var long = Spending()
        long.spend(Self.entry(user: String(repeating: "x", count: SpendingRows.longestName + 1)))
        long.spend(Self.entry(user: String(repeating: "x", count: SpendingRows.longestName)))
        #expect(long.users.rows.count == 1)
        #expect(long.users.other.spent.tokens.calls == 1)
    }

    @Test("where rows of several event loops do not all fit, those that cost most stay")
    func merging() {
        let bounds = SpendingBounds(users: 2)
        var other = Spending(bounds: bounds)
        other.spend(Self.entry(user: "cheap", cost: Money(picodollars: 1)))
        other.spend(Self.entry(user: "dear"))
        var spending = Spending(bounds: bounds)
        spending.save(Self.entry(user: "here"))
        spending.add(other)
        #expect(spending.users.sorted.map(\.name) == ["dear", "here"])
        #expect(spending.users.other.spent.cost == Money(picodollars: 1))
    }
}
