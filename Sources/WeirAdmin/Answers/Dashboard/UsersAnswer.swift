import WeirLedger

/// `users`: what AI calls cost by who had them made.
struct UsersAnswer: Encodable, Sendable {
    /// Of those who have a row of their own; none where there is nobody.
    let costPerUser: Dollars?
    let users: [SpendingStatistics]

    init(_ statistics: Statistics) {
        users = statistics.ai.users
        let named = users.filter { $0.name != nil }
        let sum = named.reduce(Money.zero) { $0 + $1.spent.dollars.money }
        costPerUser =
            named.isEmpty ? nil : Dollars(Money(picodollars: sum.picodollars / UInt64(named.count)))
    }
}
