extension MetricsPage {
    static func writeWarming(_ warming: WarmStatistics, into page: inout MetricsText) {
        page.family("weir_warm_requests_total", .counter, "Requests of warming lists by what has become of them.")
        page.sample(["outcome": "hit"], warming.hits)
        page.sample(["outcome": "stored"], warming.stored)
        page.sample(["outcome": "passed"], warming.passed)
        page.sample(["outcome": "failed"], warming.failed)
    }
}
