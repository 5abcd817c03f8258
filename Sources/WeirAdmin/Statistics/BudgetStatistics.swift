package import WeirLedger

/// How one route's budget for the day stands.
package struct BudgetStatistics: Sendable, Encodable, Equatable {
    /// One of its limits; what is gone of it.
    package struct Limit: Sendable, Encodable, Equatable {
        /// In a day: of each user, or of the route.
        package var dailyDollars: Dollars
        /// Today, by all users together, or on the route.
        package var spentDollars: Dollars
        /// By calls under way.
        package var reservedDollars: Dollars

        package init(daily: Money, _ total: BudgetTotal) {
            dailyDollars = Dollars(daily)
            spentDollars = Dollars(total.spent)
            reservedDollars = Dollars(total.reserved)
        }
    }

    /// The route's name.
    package var route: String
    package var user: Limit?
    package var whole: Limit?

    package init(route: String) { self.route = route }
}
