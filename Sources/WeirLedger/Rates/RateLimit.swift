/// One holder's limits, in requests and in tokens a minute.
package struct RateLimit: Sendable, Equatable {
    /// Which of them a request would exceed, and how long it is until it would not.
    package struct Refusal: Sendable, Equatable {
        package enum Measure: String, Sendable { case requests, tokens }

        package var measure: Measure
        package var wait: Duration

        package init(measure: Measure, wait: Duration) {
            self.measure = measure
            self.wait = wait
        }
    }

    private var requests: TokenBucket?
    private var tokens: TokenBucket?

    package init(_ rates: RateLimitSettings.Rates, now: Duration) {
        requests = rates.requests.map { TokenBucket(perMinute: $0, now: now) }
        tokens = rates.tokens.map { TokenBucket(perMinute: $0, now: now) }
    }

    /// Takes a request and its tokens, or neither.
    /// - Returns: nil where it may go; of two limits that are exceeded, the one that takes longer.
    package mutating func take(tokens count: Int, now: Duration) -> Refusal? {
        let slower = requests?.take(1, now: now).map { Refusal(measure: .requests, wait: $0) }
        let larger = tokens?.take(count, now: now).map { Refusal(measure: .tokens, wait: $0) }
        guard slower != nil || larger != nil else { return nil }
        if slower == nil { requests?.giveBack(1, now: now) }
        if larger == nil { tokens?.giveBack(count, now: now) }
        guard let slower, let larger else { return slower ?? larger }
        return slower.wait > larger.wait ? slower : larger
    }

    /// A request that was let go has used so many tokens.
    package mutating func settle(taken: Int, used: Int, now: Duration) {
        if used > taken { tokens?.charge(used - max(0, taken), now: now) }
        if used < taken { tokens?.giveBack(taken - max(0, used), now: now) }
    }

    /// A request that was let go has not been made.
    package mutating func giveBack(taken: Int, now: Duration) {
        requests?.giveBack(1, now: now)
        tokens?.giveBack(taken, now: now)
    }

    package func levels(now: Duration) -> RateLevels {
        RateLevels(requests: requests?.level(now: now), tokens: tokens?.level(now: now))
    }

    func isFull(now: Duration) -> Bool {
        requests?.isFull(now: now) != false && tokens?.isFull(now: now) != false
    }
}
