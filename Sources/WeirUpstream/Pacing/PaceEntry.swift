import NIOCore

/// What is known of one key's limits, and who waits for room within them.
struct PaceEntry: Sendable {
    private var requests: RateBudget?
    private var tokens: RateBudget?
    var queue = WaitingQueue<PaceTicket>(bound: 0)
    /// Let go so far, and their tokens.
    private var calls = 0
    private var tokensSent = 0
    /// The place of the call whose answer was believed last.
    private var toldBy = 0
    private(set) var usedAt: NIODeadline
    /// When it will be looked at.
    private var wakeAt: NIODeadline?

    init(usedAt: NIODeadline) { self.usedAt = usedAt }

    mutating func use(now: NIODeadline) { usedAt = now }

    /// It is looked at.
    mutating func wake(now: NIODeadline) { if let at = wakeAt, at <= now { wakeAt = nil } }

    /// Lets go who may, refuses who has waited too long, and says when to look again.
    mutating func serve(_ key: PaceKey, now: NIODeadline, _ orders: inout PaceTable.Orders) {
        while let first = queue.first, wait(for: first.tokens, now: now) == .zero {
            _ = queue.popFirst()
            orders.words.append((first, .go(take(first.tokens, key, now: now))))
        }
        for late in queue.expire(now: now) {
            orders.words.append((late, .refused(after: wait(for: late.tokens, now: now))))
        }
        guard let first = queue.first, let deadline = queue.nextDeadline else { return }
        let next = min(now + wait(for: first.tokens, now: now), deadline)
        if let planned = wakeAt, planned <= next { return }
        wakeAt = next
        orders.wakeAt = next
    }

    /// How long until a call with so many tokens may go.
    mutating func wait(for tokens: Int, now: NIODeadline) -> TimeAmount {
        if self.requests?.isOver(now: now) == true { self.requests = nil }
        if self.tokens?.isOver(now: now) == true { self.tokens = nil }
        return max(self.requests?.wait(for: 1, now: now) ?? .zero, self.tokens?.wait(for: tokens, now: now) ?? .zero)
    }

    mutating func take(_ tokens: Int, _ key: PaceKey, now: NIODeadline) -> PacePass {
        requests?.take(1, now: now)
        self.tokens?.take(tokens, now: now)
        calls += 1
        tokensSent += tokens
        return PacePass(key: key, calls: calls, tokens: tokensSent)
    }

    mutating func tell(
        _ pass: PacePass,
        _ fields: RateLimitFields,
        now: NIODeadline,
        settings: PaceSettings
    ) {
        // Later calls' answers have told of it already.
        guard pass.calls >= toldBy else { return }
        let isConcurrent = pass.calls == toldBy
        toldBy = min(pass.calls, calls)
        usedAt = now
        let update = { (budget: inout RateBudget?, limit: RateLimit?, spent: Int) in
            guard let limit else { return }
            let spent = max(spent, 0)
            if budget?.isOver(now: now) == true { budget = nil }
            if budget == nil {
                budget = RateBudget(limit, spent: spent, now: now, settings: settings)
            } else {
                budget?.tell(limit, spent: spent, isConcurrent: isConcurrent, now: now)
            }
        }
        update(&requests, fields.requests, calls - pass.calls)
        update(&tokens, fields.tokens, tokensSent - pass.tokens)
    }
}
