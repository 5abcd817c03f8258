import NIOCore

/// What is left of one limit, as far as can be told between two answers: what the last one said, less what has been
/// sent since, and with what has come back.
///
/// Providers count in two ways, and their fields look alike:
///
///     window   all comes back at the reset        what is left falls, and the reset comes closer
///     bucket   it comes back bit by bit, and      what is left falls, and the reset, which is when the bucket
///              the reset is when it is full       is full, moves away
///
/// Two answers that differ tell which it is. Until they do, and with one answer alone, it is taken for a window: the
/// reset is waited for.
struct RateBudget: Sendable {
    private var told: RateLimit
    private let settings: PaceSettings
    private var toldAt: NIODeadline
    private var left: Double
    /// When ``left`` was so much.
    private var asOf: NIODeadline
    /// A window: when all is back.
    private var fullAt: NIODeadline
    /// A window's length, as far as it is known: the longest reset.
    private var period: TimeAmount
    /// A bucket: in how many nanoseconds one comes back; nil for a window.
    private var interval: Double?

    /// - Parameter spent: sent after the call that was told this.
    init(_ told: RateLimit, spent: Int, now: NIODeadline, settings: PaceSettings) {
        self.told = told
        self.settings = settings
        toldAt = now
        left = Double(told.remaining - spent)
        asOf = now
        fullAt = now + told.reset
        period = told.reset
    }

    /// What is known is too old to go by.
    func isOver(now: NIODeadline) -> Bool { now >= toldAt + settings.resetMax }

    /// Another answer tells it.
    /// - Parameters:
    ///   - spent: sent after the call that was told this.
    ///   - isConcurrent: nothing says that its call came after the one that was told before; the less counts.
    mutating func tell(_ new: RateLimit, spent: Int, isConcurrent: Bool, now: NIODeadline) {
        settle(now)
        learn(from: new)
        let left = Double(new.remaining - spent)
        self.left = isConcurrent ? min(left, self.left) : left
        asOf = now
        fullAt = now + new.reset
        period = told.limit == new.limit ? max(period, new.reset) : new.reset
        told = new
        toldAt = now
    }

    /// Which of the two ways it is.
    private mutating func learn(from new: RateLimit) {
        guard let limit = new.limit, told.limit == limit else {
            interval = nil
            return
        }
        guard new.remaining != told.remaining, new.reset != told.reset else { return }
        let used = limit - new.remaining
        if (new.remaining > told.remaining) == (new.reset > told.reset) {
            interval = nil
        } else if used > 0 {
            interval = Double(new.reset.nanoseconds) / Double(used)
        }
    }

    /// Something is sent.
    mutating func take(_ amount: Int, now: NIODeadline) {
        settle(now)
        left -= Double(amount)
    }

    /// How long until there is so much; zero where there is. More than the whole limit is let go when all of it is there.
    mutating func wait(for amount: Int, now: NIODeadline) -> TimeAmount {
        settle(now)
        let missing = Double(min(amount, told.limit ?? amount)) - left
        // Less than a thousandth is rounding.
        guard missing > 0.001 else { return .zero }
        let wait =
            interval.map { TimeAmount.nanoseconds(Int64(min((missing * $0).rounded(.up), 1e18))) } ?? fullAt - now
        return min(wait, toldAt + settings.resetMax - now)
    }

    /// What has come back by now.
    private mutating func settle(_ now: NIODeadline) {
        if let interval, let limit = told.limit {
            left = min(Double(limit), left + Double(max((now - asOf).nanoseconds, 0)) / interval)
        } else if now >= fullAt {
            left = told.limit.map(Double.init) ?? .infinity
            fullAt = now + period
        }
        asOf = max(asOf, now)
    }
}
