import WeirLedger
import WeirOpenAI
import WeirProxy

extension AIStatistics {
    init(_ snapshot: ProxySnapshot) {
        self.init()
        let spending = snapshot.totals.spending
        spent = CostStatistics(spending.total.spent)
        saved = CostStatistics(spending.total.saved)
        models = SpendingStatistics.rows(spending.models)
        for index in models.indices { models[index].pricedAs = models[index].name.flatMap(snapshot.prices.name(of:)) }
        routes = SpendingStatistics.rows(spending.routes)
        users = SpendingStatistics.rows(spending.users)
        for (dimension, rows) in spending.dimensions { personas[dimension.rawValue] = SpendingStatistics.rows(rows) }
        budgets = snapshot.routes.compactMap(BudgetStatistics.init)
    }
}

extension BudgetStatistics {
    fileprivate init?(_ route: ProxySnapshot.RouteSnapshot) {
        guard let settings = route.settings.budget, let budget = route.budget else { return nil }
        self.init(route: route.name)
        user = settings.userDaily.map { Limit(daily: $0, budget.users) }
        whole = settings.routeDaily.map { Limit(daily: $0, budget.route) }
    }
}
