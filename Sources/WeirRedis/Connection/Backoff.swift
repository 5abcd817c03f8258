import NIOCore

/// How long to wait before the next try to connect: 50 ms, doubling up to a second, of which up to a half comes off at
/// random, so that many sidecars do not come back at once.
struct Backoff: Sendable {
    static let first = TimeAmount.milliseconds(50)
    static let longest = TimeAmount.seconds(1)

    private var delay = Backoff.first

    /// - Parameter jitter: 0..<1.
    mutating func next(jitter: Double) -> TimeAmount {
        defer { delay = min(delay * 2, Self.longest) }
        return .nanoseconds(Int64(Double(delay.nanoseconds) * (1 - jitter / 2)))
    }

    /// A connection has ended that was good for so long: one that ends at once is no reason to hurry.
    mutating func ended(after age: TimeAmount) {
        if age >= Self.longest { delay = Self.first }
    }
}
