/// Limits of many holders, each with its own.
///
/// Up to a number of them is told apart. Who has not used anything for so long that all is there again is as good as
/// somebody new, so that is who is forgotten to make room. Where everybody is using something, those who come share limits
/// until there is room; those without a name share others.
package struct RateLimits<Name: Hashable & Sendable>: Sendable {
    /// Whose limits a request was taken from.
    package enum Holder: Hashable, Sendable {
        case name(Name)
        /// Those without a name.
        case nobody
        /// Those who came when there was no room.
        case others
    }

    package enum Verdict: Sendable {
        case granted(Holder)
        case refused(RateLimit.Refusal)
    }

    package let rates: RateLimitSettings.Rates
    package var limitOfNames: Int
    private var limits: [Holder: RateLimit] = [:]
    /// Looking for room costs a look at everybody, so it is not done all the time.
    private var nextSweep = Duration.zero

    private static var sweepInterval: Duration { .seconds(1) }

    package init(_ rates: RateLimitSettings.Rates, limitOfNames: Int) {
        self.rates = rates
        self.limitOfNames = limitOfNames
    }

    /// Those told apart, and those who share.
    package var count: Int { limits.count }

    package mutating func take(tokens: Int, for name: Name?, now: Duration) -> Verdict {
        let holder = holder(of: name, now: now)
        if let refusal = update(holder, now, { $0.take(tokens: tokens, now: now) }) { return .refused(refusal) }
        return .granted(holder)
    }

    /// A request that was let go has used so many tokens.
    package mutating func settle(_ holder: Holder, taken: Int, used: Int, now: Duration) {
        // One that was forgotten was full: it has nothing to get back.
        guard limits[holder] != nil || used > taken else { return }
        update(holder, now) { $0.settle(taken: taken, used: used, now: now) }
    }

    /// A request that was let go has not been made.
    package mutating func giveBack(_ holder: Holder, taken: Int, now: Duration) {
        guard limits[holder] != nil else { return }
        update(holder, now) { $0.giveBack(taken: taken, now: now) }
    }

    package func levels(of name: Name?, now: Duration) -> RateLevels {
        let holder = name.map { limits[.name($0)] == nil && isFull ? .others : .name($0) } ?? Holder.nobody
        return (limits[holder] ?? RateLimit(rates, now: now)).levels(now: now)
    }

    // MARK: Holders

    private var isFull: Bool {
        limits.count - (limits[.nobody] == nil ? 0 : 1) - (limits[.others] == nil ? 0 : 1) >= limitOfNames
    }

    @discardableResult
    private mutating func update<Result>(
        _ holder: Holder,
        _ now: Duration,
        _ change: (inout RateLimit) -> Result
    ) -> Result {
        change(&limits[holder, default: RateLimit(rates, now: now)])
    }

    private mutating func holder(of name: Name?, now: Duration) -> Holder {
        guard let name else { return .nobody }
        if limits[.name(name)] == nil, isFull {
            guard now >= nextSweep else { return .others }
            nextSweep = now + Self.sweepInterval
            limits = limits.filter { !$0.value.isFull(now: now) }
            if isFull { return .others }
        }
        return .name(name)
    }
}
