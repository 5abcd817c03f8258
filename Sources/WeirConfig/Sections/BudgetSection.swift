import WeirLedger
import WeirProxy

extension Section<BudgetSettings> {
    fileprivate static let budget = Section(keys: [
        Key(
            "user_daily",
            .money,
            optional: \.userDaily,
            fallback: "any amount",
            "What each user may spend on the route in a day. Those who do not say who they are count as one."
        ),
        Key(
            "route_daily",
            .money,
            optional: \.routeDaily,
            fallback: "any amount",
            "What all of them may spend on it in a day."
        ),
        Key(
            "users",
            .count(1...10_000_000),
            \.users,
            "Users whose spending is told apart in one day, some 200 bytes each. Those beyond share budgets until the day "
                + "ends: nobody is forgotten, and so given a second one."
        ),
        Key(
            "unpriced",
            .choice(of: BudgetSettings.Unpriced.self),
            \.unpriced,
            "What becomes of a call whose model has no price: it is not made (`refuse`), or counts for nothing (`pass`)."
        ),
    ])
}

extension Key<RouteDraft> {
    static let budget = Key(
        name: "budget",
        outline: { _ in
            Outline(
                name: "budget",
                type: "mapping",
                fallback: "",
                summary:
                    "What may be spent on the route in a day, from midnight to midnight UTC. What is answered from the "
                    + "cache costs nothing. Over it a call is not made: 429 `budget_exceeded`.",
                shape: .section(Section.budget.outlines(BudgetSettings()), later: [])
            )
        },
        read: { node, draft, reading in
            var budget = BudgetSettings()
            let before = reading.problems.count
            Section.budget.read(node, into: &budget, &reading)
            if budget.userDaily == nil, budget.routeDaily == nil, reading.problems.count == before {
                reading.report("expected 'user_daily' or 'route_daily'", at: node.place)
            }
            draft.settings.budget = budget
        }
    )
}
