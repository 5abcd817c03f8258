import Synchronization

/// What the users and credentials of one route may still use, for all event loops: a ``DayBudget`` for each user and for the
/// route, and rates for each user and each credential.
///
///     claim ──▶ user's rate ──▶ user's budget ──▶ credential's rate ──▶ route's budget ──▶ granted
///                   └───────────────┴─────────────────────┴─────────────────────┴──▶ refused; what was taken is given back
///
/// Users and credentials lie in shards, each behind a lock, by their hashes; no lock is held while another is taken. What one
/// call takes and gives back again can meanwhile have another refused, never granted too much.
///
/// What is known lies in memory: it outlives a change of settings, not a restart.
package final class Allowances: Sendable {
    private final class Users: Sendable {
        let state = Mutex(UserAllowances())
    }

    private final class Credentials: Sendable {
        let rates = Mutex<RateLimits<UInt64>?>(nil)
    }

    private static let shards = 16
    /// A longer name of a user, in bytes, counts as none: those are told apart by nothing.
    package static let longestUser = 256

    private let users: [Users]
    private let credentials: [Credentials]
    private let route = Mutex<DayBudget?>(nil)
    private let unpriced = Mutex(BudgetSettings.Unpriced.pass)

    package init(settings: AllowanceSettings) {
        users = (0..<Self.shards).map { _ in Users() }
        credentials = (0..<Self.shards).map { _ in Credentials() }
        adopt(settings)
    }

    /// Goes on by other settings. What was spent today counts on; where rates are other ones than before, everybody starts
    /// anew.
    package func adopt(_ settings: AllowanceSettings) {
        for shard in users { shard.state.withLock { $0.adopt(settings, shards: Self.shards) } }
        let entries = (settings.rateLimit?.entries ?? 0).share(of: Self.shards)
        for shard in credentials {
            shard.rates.withLock {
                $0 = RateLimits.adopting(settings.rateLimit?.credential, limitOfNames: entries, from: $0)
            }
        }
        route.withLock { $0 = DayBudget.adopting(settings.budget?.routeDaily, limitOfNames: 0, from: $0) }
        unpriced.withLock { $0 = settings.budget?.unpriced ?? .pass }
    }

    // MARK: Calls

    /// Asks for what a call is expected to use. What is granted must be settled or given back.
    package func admit(_ claim: AllowanceClaim, at now: Moment) -> AllowanceVerdict {
        if claim.cost == nil, unpriced.withLock({ $0 == .refuse }) { return .refused(.unpriced) }
        var claim = claim
        claim.user = Self.short(claim.user)
        var grant = AllowanceGrant(user: claim.user, credential: claim.credential, tokens: claim.tokens)
        if case .client = claim.payer, let refusal = takeOfClient(claim, into: &grant, at: now) {
            return .refused(refusal)
        }
        switch route.withLock({ $0?.reserve(claim.cost ?? .zero, for: nil, unixSeconds: now.unixSeconds) }) {
        case .refused(let refusal):
            giveBack(grant, at: now)
            return .refused(.budget(.route, refusal))
        case .granted(let reservation): grant.routeBudget = reservation
        case nil: break
        }
        return .granted(grant)
    }

    private func takeOfClient(
        _ claim: AllowanceClaim,
        into grant: inout AllowanceGrant,
        at now: Moment
    ) -> AllowanceRefusal? {
        let (taken, refusal) = user(claim.user).state.withLock { $0.take(claim, at: now) }
        if let refusal { return refusal }
        (grant.userRate, grant.userBudget) = taken
        switch credential(claim.credential).rates.withLock({
            $0?.take(tokens: claim.tokens, for: claim.credential, now: now.uptime)
        }) {
        case .refused(let refusal):
            giveBack(grant, at: now)
            return .rate(.credential, refusal)
        case .granted(let holder): grant.credentialRate = holder
        case nil: break
        }
        return nil
    }

    /// A call has been made, and has used this. One that failed has used nothing, but counts as a request.
    package func settle(_ grant: AllowanceGrant, tokens: Int, cost: Money, at now: Moment) {
        user(grant.user).state.withLock {
            $0.settle((grant.userRate, grant.userBudget), tokens: grant.tokens, used: tokens, cost: cost, at: now)
        }
        if let holder = grant.credentialRate {
            credential(grant.credential).rates.withLock {
                $0?.settle(holder, taken: grant.tokens, used: tokens, now: now.uptime)
            }
        }
        if let reservation = grant.routeBudget { route.withLock { $0?.settle(reservation, cost: cost) } }
    }

    /// A call has not been made after all.
    package func giveBack(_ grant: AllowanceGrant, at now: Moment) {
        user(grant.user).state.withLock {
            $0.giveBack((grant.userRate, grant.userBudget), tokens: grant.tokens, at: now)
        }
        if let holder = grant.credentialRate {
            credential(grant.credential).rates.withLock {
                $0?.giveBack(holder, taken: grant.tokens, now: now.uptime)
            }
        }
        if let reservation = grant.routeBudget { route.withLock { $0?.giveBack(reservation) } }
    }

    // MARK: Standing

    /// Where the rates stand that a request of theirs is measured by, the tighter ones of user and credential.
    package func levels(user name: String?, credential hash: UInt64?, at now: Moment) -> RateLevels {
        let name = Self.short(name)
        let ofUser = user(name).state.withLock { $0.rates?.levels(of: name, now: now.uptime) }
        let ofCredential = credential(hash).rates.withLock { $0?.levels(of: hash, now: now.uptime) }
        return RateLevels.tighter(ofUser ?? RateLevels(), ofCredential ?? RateLevels())
    }

    /// What has been spent on the day of the last call, and what is reserved: by users, and on the route. Nothing where
    /// there is no such budget.
    package func totals() -> (users: BudgetTotal, route: BudgetTotal) {
        let ofUsers = users.reduce(into: BudgetTotal()) { total, shard in
            shard.state.withLock { if let budget = $0.budget { total.add(budget) } }
        }
        let ofRoute = route.withLock { budget in
            var total = BudgetTotal()
            if let budget { total.add(budget) }
            return total
        }
        return (ofUsers, ofRoute)
    }

    // MARK: Shards

    private static func short(_ user: String?) -> String? {
        user.flatMap { $0.utf8.count <= longestUser ? $0 : nil }
    }

    private func user(_ name: String?) -> Users { users[Self.shard(name.hashValue)] }
    private func credential(_ hash: UInt64?) -> Credentials { credentials[Self.shard(hash.hashValue)] }
    private static func shard(_ hash: Int) -> Int { Int(UInt(bitPattern: hash) % UInt(shards)) }
}
