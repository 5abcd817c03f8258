/// `costs`: what AI calls cost, by all but users.
struct CostsAnswer: Encodable, Sendable {
    let spent: CostStatistics
    let saved: CostStatistics
    let models: [SpendingStatistics]
    let routes: [SpendingStatistics]
    let personas: [String: [SpendingStatistics]]
    let budgets: [BudgetStatistics]

    init(_ statistics: Statistics) {
        let ai = statistics.ai
        (spent, saved) = (ai.spent, ai.saved)
        (models, routes, personas, budgets) = (ai.models, ai.routes, ai.personas, ai.budgets)
    }
}
