import WeirLedger

/// How a route's `budget` and `rate_limit` are told to those whom they refuse.
extension AllowanceRefusal {
    var status: UInt16 {
        switch self {
        case .rate, .budget: 429
        case .unpriced: 400
        }
    }

    var code: String {
        switch self {
        case .rate: "rate_limit_exceeded"
        case .budget: "budget_exceeded"
        case .unpriced: "model_unpriced"
        }
    }

    /// As OpenAI has them, so that clients and other proxies that go by the type take a spent budget for what it is.
    var errorType: String {
        switch self {
        case .rate(_, let refusal): refusal.measure.rawValue
        case .budget: "insufficient_quota"
        case .unpriced: "weir_error"
        }
    }

    var message: String {
        switch self {
        case .rate(let scope, let refusal):
            "this \(scope.rawValue) has used up its \(refusal.measure.rawValue) per minute on this route; "
                + "there is room for this request in \(RateFields.text(refusal.wait))"
        case .budget(let scope, let refusal):
            "today's budget of this \(scope.rawValue) is $\(refusal.limit.dollars), of which "
                + "$\((refusal.limit - refusal.left).dollars) is spent or reserved by calls under way, and this request may "
                + "cost more than what is left; the day ends at 00:00 UTC, in \(RateFields.text(refusal.resetsIn))"
        case .unpriced:
            "this route has a budget, and the model that this request names, if any, has no price: nobody could say what "
                + "it spends"
        }
    }

    /// In `Cache-Status`: why the request was not forwarded.
    var detail: String {
        switch self {
        case .rate: "rate-limit"
        case .budget: "budget"
        case .unpriced: "unpriced"
        }
    }
}
