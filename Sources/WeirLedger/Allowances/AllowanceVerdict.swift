/// What becomes of a call that asks for its allowance.
package enum AllowanceVerdict: Sendable {
    case granted(AllowanceGrant)
    case refused(AllowanceRefusal)
}

/// Why a call is not to be made.
package enum AllowanceRefusal: Sendable, Equatable {
    /// Whose allowance it would exceed.
    package enum Scope: String, Sendable { case user, credential, route }

    case rate(Scope, RateLimit.Refusal)
    case budget(Scope, DayBudget.Refusal)
    /// There is a budget, the model has no price, and the route refuses such calls.
    case unpriced

    /// When to ask again; nil where time does not help.
    package var wait: Duration? {
        switch self {
        case .rate(_, let refusal): refusal.wait
        case .budget(_, let refusal): refusal.resetsIn
        case .unpriced: nil
        }
    }
}
