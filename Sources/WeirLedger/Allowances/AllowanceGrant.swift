/// What was taken for a call, to be settled or given back once it is over: exactly once.
package struct AllowanceGrant: Sendable {
    let user: String?
    let credential: UInt64?
    let tokens: Int
    let userRate: RateLimits<String>.Holder?
    let credentialRate: RateLimits<UInt64>.Holder?
    let userBudget: DayBudget.Reservation?
    let routeBudget: DayBudget.Reservation?
}
