/// The users of one shard: their rates and their budgets, taken together or not at all.
struct UserAllowances: Sendable {
    private(set) var rates: RateLimits<String>?
    private(set) var budget: DayBudget?

    typealias Taken = (rate: RateLimits<String>.Holder?, budget: DayBudget.Reservation?)

    /// - Parameter shards: among which the users are divided.
    mutating func adopt(_ settings: AllowanceSettings, shards: Int) {
        rates = RateLimits.adopting(
            settings.rateLimit?.user,
            limitOfNames: (settings.rateLimit?.entries ?? 0).share(of: shards),
            from: rates
        )
        let users = (settings.budget?.users ?? 0).share(of: shards)
        budget = DayBudget.adopting(settings.budget?.userDaily, limitOfNames: users, from: budget)
    }

    mutating func take(_ claim: AllowanceClaim, at now: Moment) -> (taken: Taken, refusal: AllowanceRefusal?) {
        var taken: Taken = (nil, nil)
        switch rates?.take(tokens: claim.tokens, for: claim.user, now: now.uptime) {
        case .refused(let refusal): return (taken, .rate(.user, refusal))
        case .granted(let holder): taken.rate = holder
        case nil: break
        }
        switch budget?.reserve(claim.cost ?? .zero, for: claim.user, unixSeconds: now.unixSeconds) {
        case .refused(let refusal):
            if let holder = taken.rate { rates?.giveBack(holder, taken: claim.tokens, now: now.uptime) }
            return ((nil, nil), .budget(.user, refusal))
        case .granted(let reservation): taken.budget = reservation
        case nil: break
        }
        return (taken, nil)
    }

    mutating func settle(_ taken: Taken, tokens: Int, used: Int, cost: Money, at now: Moment) {
        if let holder = taken.rate { rates?.settle(holder, taken: tokens, used: used, now: now.uptime) }
        if let reservation = taken.budget { budget?.settle(reservation, cost: cost) }
    }

    mutating func giveBack(_ taken: Taken, tokens: Int, at now: Moment) {
        if let holder = taken.rate { rates?.giveBack(holder, taken: tokens, now: now.uptime) }
        if let reservation = taken.budget { budget?.giveBack(reservation) }
    }
}

extension RateLimits {
    /// Limits after new settings: what has been used is kept as long as the rates are the same.
    static func adopting(
        _ rates: RateLimitSettings.Rates?,
        limitOfNames: Int,
        from former: RateLimits?
    ) -> RateLimits? {
        guard let rates, !rates.isEmpty else { return nil }
        guard var kept = former, kept.rates == rates else { return RateLimits(rates, limitOfNames: limitOfNames) }
        kept.limitOfNames = limitOfNames
        return kept
    }
}

extension DayBudget {
    /// A budget after new settings: what has been spent is kept.
    static func adopting(_ limit: Money?, limitOfNames: Int, from former: DayBudget?) -> DayBudget? {
        guard let limit else { return nil }
        guard var kept = former else { return DayBudget(limit: limit, limitOfNames: limitOfNames) }
        kept.limit = limit
        kept.limitOfNames = limitOfNames
        return kept
    }
}

extension Int {
    /// A part of this among so many, rounded up.
    func share(of parts: Int) -> Int { (self + parts - 1) / parts }
}
