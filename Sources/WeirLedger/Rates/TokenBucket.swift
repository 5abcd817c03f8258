/// A rate as a bucket: it holds a minute's worth, is full at first, and fills evenly.
///
/// What is asked for must be there, but for more than a whole bucket: that passes when the bucket is full, and leaves a debt.
/// What turns out to have taken more than was asked for leaves one too. Nothing passes before a debt is paid, so over time
/// the rate holds; it is an hour's worth at most. Counts in whole numbers: nothing is lost to rounding.
package struct TokenBucket: Sendable, Equatable {
    /// Of a unit; what comes in a millisecond at a rate of one a minute.
    private static let fraction = 60_000
    /// Nobody asks for more units than this at once.
    private static let most = 1_000_000_000_000
    /// In minutes.
    private static let longestDebt = 60

    package let perMinute: Int
    /// In fractions of a unit; below 0 for a debt.
    private var level: Int
    /// When ``level`` was that, in milliseconds.
    private var updated: Int64

    /// - Parameter perMinute: 1 to 1,000,000,000.
    package init(perMinute: Int, now: Duration) {
        self.perMinute = min(max(1, perMinute), 1_000_000_000)
        level = self.perMinute * Self.fraction
        updated = Self.milliseconds(now)
    }

    /// Takes so many units; or tells how long it is until they are there, and takes none.
    package mutating func take(_ units: Int, now: Duration) -> Duration? {
        fill(now)
        let needed = min(Self.fractions(units), capacity)
        guard level < needed else {
            owe(units)
            return nil
        }
        return time(for: needed - level)
    }

    /// Counts units that have been used already, there or not.
    package mutating func charge(_ units: Int, now: Duration) {
        fill(now)
        owe(units)
    }

    package mutating func giveBack(_ units: Int, now: Duration) {
        fill(now)
        level = min(level + Self.fractions(units), capacity)
    }

    /// Where it stands, to be told to a client.
    package func level(now: Duration) -> RateLevel {
        var bucket = self
        bucket.fill(now)
        return RateLevel(
            limit: perMinute,
            remaining: max(0, bucket.level / Self.fraction),
            reset: bucket.time(for: capacity - bucket.level)
        )
    }

    /// Whether it is as if nobody had ever taken anything.
    package func isFull(now: Duration) -> Bool {
        var bucket = self
        bucket.fill(now)
        return bucket.level == capacity
    }

    // MARK: Filling

    private var capacity: Int { perMinute * Self.fraction }

    private mutating func owe(_ units: Int) {
        level = max(level - Self.fractions(units), -Self.longestDebt * capacity)
    }

    private mutating func fill(_ now: Duration) {
        let time = Self.milliseconds(now)
        guard time > updated else { return }
        let (gain, overflows) = Int(time - updated).multipliedReportingOverflow(by: perMinute)
        level = overflows || gain >= capacity - level ? capacity : level + gain
        updated = time
    }

    private func time(for fractions: Int) -> Duration {
        .milliseconds((max(0, fractions) + perMinute - 1) / perMinute)
    }

    private static func fractions(_ units: Int) -> Int { min(max(0, units), most) * fraction }

    private static func milliseconds(_ time: Duration) -> Int64 {
        let (seconds, attoseconds) = time.components
        return seconds * 1_000 + attoseconds / 1_000_000_000_000_000
    }
}
