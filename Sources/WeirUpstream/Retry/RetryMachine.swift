import NIOCore
import WeirHTTP

/// Whether a call is made again, and when.
///
///     try ──▶ nothing came of it ──▶ wait ──▶ try ──▶ …          at most `attempts` tries
///      └────▶ an answer for the client
///
/// A try may be followed by another only as long as the client has had nothing of an answer, and only
/// - when the upstream cannot have acted: no connection came about;
/// - when it says that it has not: 429 and 503, but for an account that has run dry; an HTTP/2 stream that it has not
///   looked at;
/// - when acting twice does no harm (idempotent methods, `Idempotency-Key`): connections that break, 502 and 504.
///
/// One whose connection had lain idle and was dead is made anew, once, without counting as a try.
///
/// An upstream that is slow is not asked twice: the client would wait twice as long. Waits are random between nothing
/// and a bound that doubles (full jitter), so that those who failed together do not come back together; `Retry-After`
/// comes on top.
///
/// ``RetryingCall`` drives it. Takes time and chance as arguments; does not know budgets and breakers.
struct RetryMachine: Sendable {
    enum Verdict: Sendable, Equatable {
        /// After so long, if budget and breaker allow (before the back-off, but behind a `Retry-After`); ``retry()`` is to
        /// be called then.
        case retry(after: TimeAmount)
        /// At once, on a new connection, as if the last try had never been: no budget is asked.
        case renew
        case pass(Reason)
    }

    enum Reason: Sendable, Equatable {
        /// Nothing that another try would be good for, or may be made for.
        case final
        /// All tries are made.
        case exhausted
        case tooLong
        case bodyGone
    }

    private let settings: RetrySettings
    private let isIdempotent: Bool
    private let deadline: NIODeadline
    private let patience: TimeAmount
    private(set) var tries = 1
    /// The client has had something of an answer; a 1xx is none.
    var hasDelivered = false

    /// - Parameters:
    ///   - deadline: when the call's total time is over.
    ///   - patience: the longest `Retry-After` that the caller waits for.
    init(settings: RetrySettings, isIdempotent: Bool, deadline: NIODeadline, patience: TimeAmount) {
        self.settings = settings
        self.isIdempotent = isIdempotent
        self.deadline = deadline
        self.patience = patience
    }

    /// A try was made anew because its connection was dead.
    private var isRenewed = false

    /// This try is not the first.
    var isRetry: Bool { tries > 1 }

    /// Whether an answer with this status could be worth another try, so that it is to be held back until it has been
    /// judged.
    func isWorthHolding(status: UInt16) -> Bool { !hasDelivered && isWorthRetry(status) && settings.attempts > 1 }

    func isWorthRetry(_ status: UInt16) -> Bool {
        switch status {
        case 429, 503: true
        case 502, 504: isIdempotent
        default: false
        }
    }

    private func isWorthRetry(_ error: UpstreamError) -> Bool {
        switch error {
        case .connect, .connectTimeout, .unprocessed: true
        case .reset, .lostIdle, .malformed: isIdempotent
        case .tls, .firstByteTimeout, .idleTimeout, .totalTimeout, .busy, .breakerOpen, .coolingDown, .paced,
            .draining:
            false
        }
    }

    /// A try ended without an answer.
    /// - Parameters:
    ///   - canReplay: whether the request's body is at hand.
    ///   - jitter: 0..<1.
    mutating func failed(_ error: UpstreamError, canReplay: Bool, now: NIODeadline, jitter: Double) -> Verdict {
        guard !hasDelivered, isWorthRetry(error) else { return .pass(.final) }
        if error == .lostIdle || error == .unprocessed, !isRenewed, canReplay, now < deadline {
            isRenewed = true
            return .renew
        }
        return again(after: nil, canReplay: canReplay, now: now, jitter: jitter)
    }

    /// A try ended with an answer.
    /// - Parameters:
    ///   - pause: for how long the upstream wants to be left alone, where it says so.
    ///   - isRefused: it says itself that trying again is of no use.
    func answered(
        status: UInt16,
        pause: TimeAmount?,
        isRefused: Bool,
        canReplay: Bool,
        now: NIODeadline,
        jitter: Double
    ) -> Verdict {
        guard !hasDelivered, !isRefused, isWorthRetry(status) else { return .pass(.final) }
        return again(after: pause, canReplay: canReplay, now: now, jitter: jitter)
    }

    private func again(after pause: TimeAmount?, canReplay: Bool, now: NIODeadline, jitter: Double) -> Verdict {
        guard tries < settings.attempts else { return .pass(.exhausted) }
        guard canReplay else { return .pass(.bodyGone) }
        let pause = max(pause ?? .zero, .zero)
        guard pause <= patience else { return .pass(.tooLong) }
        let wait = pause + backoff(jitter: jitter)
        guard now + wait < deadline else { return .pass(.tooLong) }
        return .retry(after: wait)
    }

    private func backoff(jitter: Double) -> TimeAmount {
        var bound = min(settings.backoff, settings.backoffMax)
        for _ in 1..<tries where bound < settings.backoffMax { bound = min(bound * 2, settings.backoffMax) }
        return .nanoseconds(Int64(Double(bound.nanoseconds) * jitter))
    }

    /// Another try is decided on.
    mutating func retry() { tries += 1 }
}
