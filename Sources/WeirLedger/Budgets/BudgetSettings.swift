/// A route's `budget:`.
package struct BudgetSettings: Sendable, Equatable {
    /// What becomes of a call whose model has no price.
    package enum Unpriced: String, Sendable, CaseIterable {
        /// It is not made: nobody could say what it spends.
        case refuse
        /// It is made, and counts for nothing.
        case pass
    }

    /// What each user may spend on the route in a day; nil: any amount.
    package var userDaily: Money?
    /// What all of them may spend on it in a day; nil: any amount.
    package var routeDaily: Money?
    /// Users with an account of their own in one day. Those beyond share accounts.
    package var users: Int
    package var unpriced: Unpriced

    package init(
        userDaily: Money? = nil,
        routeDaily: Money? = nil,
        users: Int = 10_000,
        unpriced: Unpriced = .refuse
    ) {
        self.userDaily = userDaily
        self.routeDaily = routeDaily
        self.users = users
        self.unpriced = unpriced
    }
}
