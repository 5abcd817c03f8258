import NIOCore
import WeirUpstream

extension Section<RetrySettings> {
    static let retry = Section(keys: [
        Key("attempts", .count(1...10), \.attempts, "Tries of one call in all; 1 for no retries."),
        Key(
            "budget",
            .percentage,
            \.budget,
            "Retries under way at once, as a share of the calls under way: what fails must not be asked twice as much. "
                + "As many calls, counted apart, may wait for a `Retry-After`."
        ),
        Key("budget_min", .count(0...100_000), \.budgetMin, "Retries under way at once that are allowed in any case."),
        Key(
            "backoff",
            .duration(),
            \.backoff,
            "The bound of the random time before the first retry; doubled with each, up to `backoff_max`."
        ),
        Key("backoff_max", .duration(), \.backoffMax, "The largest bound of the random time before a retry."),
        Key(
            "max_wait",
            .duration(atLeast: .nanoseconds(0)),
            \.maxWait,
            "The longest `Retry-After` that is waited for; with a longer one the answer passes at once."
        ),
        Key(
            "max_body",
            .size(0...1 << 30),
            \.maxBody,
            "The largest part of a streamed request body that is kept, so that it can be sent again."
        ),
    ])
}

extension Section<CoolDownSettings> {
    static let coolDown = Section(keys: [
        Key(
            "first",
            .duration(),
            \.first,
            "For how long a credential is not let through after a 429 that does not say; doubled with each that follows."
        ),
        Key("max", .duration(), \.max, "The longest of these times."),
        Key(
            "retry_after_max",
            .duration(),
            \.retryAfterMax,
            "The longest `Retry-After` that is kept to; a longer one counts as this."
        ),
        Key("entries", .count(1...1_000_000), \.entries, "Credentials, by service, that are remembered at once."),
    ])
}
