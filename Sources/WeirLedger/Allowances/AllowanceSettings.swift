/// What a route lets its users and credentials use.
package struct AllowanceSettings: Sendable, Equatable {
    /// nil: any amount.
    package var budget: BudgetSettings?
    /// nil: at any rate.
    package var rateLimit: RateLimitSettings?

    package init(budget: BudgetSettings? = nil, rateLimit: RateLimitSettings? = nil) {
        self.budget = budget
        self.rateLimit = rateLimit
    }
}
