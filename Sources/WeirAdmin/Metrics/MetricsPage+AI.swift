import WeirLedger
import WeirProxy

extension MetricsPage {
    /// Names of models come from requests: the labels are the price table's own, and `other` is all the rest. Users are
    /// labels of nothing.
    static func writeAI(_ statistics: Statistics, into page: inout MetricsText) {
        let models = Dictionary(grouping: statistics.ai.models) { $0.pricedAs ?? "other" }
        page.family(
            "weir_ai_tokens_total",
            .counter,
            "Tokens that upstream calls used; cached_prompt is part of prompt, reasoning of completion."
        )
        for (model, rows) in ordered(models) {
            let kinds: KeyValuePairs<String, KeyPath<CostStatistics, UInt64>> = [
                "prompt": \.promptTokens, "cached_prompt": \.cachedPromptTokens, "completion": \.completionTokens,
                "reasoning": \.reasoningTokens,
            ]
            for (kind, path) in kinds {
                page.sample(["model": model, "kind": kind], rows.reduce(0) { $0 + $1.spent[keyPath: path] })
            }
        }
        page.family("weir_ai_cost_dollars_total", .counter, "What upstream calls cost, of models that have a price.")
        writeDollars(of: models, \.spent.dollars, into: &page)
        page.family("weir_ai_saved_dollars_total", .counter, "What calls would have cost that were not needed.")
        writeDollars(of: models, \.saved.dollars, into: &page)
        page.family("weir_ai_refused_total", .counter, "Upstream calls not made for want of an allowance, by reason.")
        for route in statistics.routes {
            for (reason, count) in ordered(route.refusals) {
                page.sample(["route": route.name, "reason": reason], count)
            }
        }
        page.family("weir_ai_items_total", .counter, "Items of embeddings and moderations, by where they came from.")
        for route in statistics.routes {
            for (origin, count) in ordered(route.items) {
                page.sample(["route": route.name, "origin": origin], count)
            }
        }
        writeBatches(statistics.routes, into: &page)
        page.family("weir_ai_prompt_tokens_saved_total", .counter, "What economy has taken out of prompts, about.")
        for route in statistics.routes { page.sample(["route": route.name], route.promptTokensSaved) }
        page.family("weir_ai_budget_dollars", .gauge, "A route's budget for the day; of each user, or of the route.")
        writeBudgets(statistics.ai.budgets, \.dailyDollars, into: &page)
        page.family("weir_ai_budget_spent_dollars", .gauge, "What of it is spent today, by all users together.")
        writeBudgets(statistics.ai.budgets, \.spentDollars, into: &page)
    }

    private static func writeBatches(_ routes: [RouteStatistics], into page: inout MetricsText) {
        page.family(
            "weir_ai_batch_items",
            .histogram,
            "Items in an upstream call for embeddings or moderations, of one request or of several."
        )
        for route in routes where route.batches.calls > 0 {
            for (bound, count) in zip(BatchSizes.bounds, route.batches.cumulativeCounts) {
                page.sample(suffix: "_bucket", ["route": route.name, "le": String(bound)], count)
            }
            page.sample(suffix: "_bucket", ["route": route.name, "le": "+Inf"], route.batches.calls)
            page.sample(suffix: "_sum", ["route": route.name], route.batches.items)
            page.sample(suffix: "_count", ["route": route.name], route.batches.calls)
        }
    }

    private static func writeDollars(
        of models: [String: [SpendingStatistics]],
        _ path: KeyPath<SpendingStatistics, Dollars>,
        into page: inout MetricsText
    ) {
        for (model, rows) in ordered(models) where model != "other" {
            page.sample(["model": model], rows.reduce(Money.zero) { $0 + $1[keyPath: path].money })
        }
    }

    private static func writeBudgets(
        _ budgets: [BudgetStatistics],
        _ path: KeyPath<BudgetStatistics.Limit, Dollars>,
        into page: inout MetricsText
    ) {
        for budget in budgets {
            if let limit = budget.user {
                page.sample(["route": budget.route, "scope": "user"], limit[keyPath: path].money)
            }
            if let limit = budget.whole {
                page.sample(["route": budget.route, "scope": "route"], limit[keyPath: path].money)
            }
        }
    }
}
