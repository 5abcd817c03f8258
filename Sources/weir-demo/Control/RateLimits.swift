import Synchronization

/// The limits of an account, counted as the API does: what is used comes back bit by bit, all of it in a minute. One
/// bucket of requests and one of tokens for each credential and model.
final class RateLimits: Sendable {
    struct Limits: Sendable, Equatable {
        var requestsPerMinute: Int
        var tokensPerMinute: Int
    }

    /// One limit as an answer tells it.
    struct Told: Sendable {
        var limit: Int
        var remaining: Int
        /// Until all of it is there again.
        var reset: Duration
    }

    enum Verdict: Sendable {
        case taken(requests: Told, tokens: Told)
        /// Of which there is not enough, and how long until there is.
        case refused(requests: Told, tokens: Told, kind: String, wait: Duration)
    }

    private struct Bucket {
        var level: Double
        var asOf: ContinuousClock.Instant

        mutating func fill(_ limit: Int, now: ContinuousClock.Instant) {
            level = min(Double(limit), level + (now - asOf) / .seconds(60) * Double(limit))
            asOf = now
        }

        func told(_ limit: Int) -> Told {
            Told(
                limit: limit,
                remaining: max(Int(level), 0),
                reset: .seconds(60) * ((Double(limit) - level) / Double(limit))
            )
        }
    }

    private struct State {
        var limits: Limits
        var buckets: [String: (requests: Bucket, tokens: Bucket)] = [:]
    }

    private let usual: Limits
    private let state: Mutex<State>

    init(_ limits: Limits) {
        usual = limits
        state = Mutex(State(limits: limits))
    }

    /// Other limits from now on, or the usual ones; all buckets are full.
    func set(_ limits: Limits?) {
        state.withLock { $0 = State(limits: limits ?? usual) }
    }

    /// Takes a request and its tokens out of the buckets of `account`, if there are as many.
    func take(tokens: Int, account: String) -> Verdict {
        let now = ContinuousClock.now
        return state.withLock { state in
            let limits = state.limits
            if state.buckets.count > 10_000 { state.buckets = [:] }
            var (requests, used) =
                state.buckets[account] ?? (
                    Bucket(level: Double(limits.requestsPerMinute), asOf: now),
                    Bucket(level: Double(limits.tokensPerMinute), asOf: now)
                )
            requests.fill(limits.requestsPerMinute, now: now)
            used.fill(limits.tokensPerMinute, now: now)
            let missingRequests = 1 - requests.level
            let missingTokens = Double(min(tokens, limits.tokensPerMinute)) - used.level
            let isTaken = missingRequests <= 0 && missingTokens <= 0
            if isTaken {
                requests.level -= 1
                used.level -= Double(tokens)
            }
            state.buckets[account] = (requests, used)
            let told = (requests.told(limits.requestsPerMinute), used.told(limits.tokensPerMinute))
            guard !isTaken else { return .taken(requests: told.0, tokens: told.1) }
            let waits = (
                missingRequests / Double(limits.requestsPerMinute), missingTokens / Double(limits.tokensPerMinute)
            )
            return .refused(
                requests: told.0,
                tokens: told.1,
                kind: waits.0 >= waits.1 ? "requests" : "tokens",
                wait: .seconds(60) * max(waits.0, waits.1)
            )
        }
    }
}
