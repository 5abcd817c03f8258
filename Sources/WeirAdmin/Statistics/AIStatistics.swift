/// What calls to AI upstreams cost, and what the answers saved that needed none. What most was spent and saved on stands
/// first; what has no row of its own stands together at the end, without a name.
package struct AIStatistics: Sendable, Encodable, Equatable {
    package var spent = CostStatistics()
    package var saved = CostStatistics()
    package var models: [SpendingStatistics] = []
    package var routes: [SpendingStatistics] = []
    /// Those who say who they are: for the view `users`, and not in `/stats`, which is for more eyes.
    package var users: [SpendingStatistics] = []
    /// By dimension, and that one's values.
    package var personas: [String: [SpendingStatistics]] = [:]
    /// Of routes that have one.
    package var budgets: [BudgetStatistics] = []

    private enum CodingKeys: CodingKey { case spent, saved, models, routes, personas, budgets }

    package init() {}
}
