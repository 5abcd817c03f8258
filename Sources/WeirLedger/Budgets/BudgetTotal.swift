/// What has been spent of budgets, and what of them is reserved by calls under way.
package struct BudgetTotal: Sendable, Equatable {
    package private(set) var spent = Money.zero
    package private(set) var reserved = Money.zero

    package init() {}

    package mutating func add(_ budget: DayBudget) {
        for account in budget.accounts.values {
            spent += account.spent
            reserved += account.reserved
        }
    }
}
