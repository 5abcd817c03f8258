import WeirLedger

/// Why an upstream call was not made for want of an allowance.
package enum RefusalReason: String, Sendable, CaseIterable {
    case userBudget = "user_budget"
    case routeBudget = "route_budget"
    case userRate = "user_rate"
    case credentialRate = "credential_rate"
    /// There is a budget, and nobody could say what the call costs.
    case unpriced

    init(_ refusal: AllowanceRefusal) {
        switch refusal {
        case .budget(.route, _): self = .routeBudget
        case .budget: self = .userBudget
        case .rate(.credential, _): self = .credentialRate
        case .rate: self = .userRate
        case .unpriced: self = .unpriced
        }
    }

    /// Its place among the cases.
    var index: Int {
        switch self {
        case .userBudget: 0
        case .routeBudget: 1
        case .userRate: 2
        case .credentialRate: 3
        case .unpriced: 4
        }
    }
}
