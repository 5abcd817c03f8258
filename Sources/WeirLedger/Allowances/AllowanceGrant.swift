/// What was taken for a call, to be settled or given back once it is over: exactly once.
package struct AllowanceGrant: Sendable {
    let user: String?
    let credential: UInt64?
    let tokens: Int
    var userRate: RateLimits<String>.Holder?
    var userBudget: DayBudget.Reservation?
    var credentialRate: RateLimits<UInt64>.Holder?
    var routeBudget: DayBudget.Reservation?
}
