import NIOCore

extension TimeAmount {
    /// Whole seconds, rounded up and at least 1: for `Retry-After`.
    var secondsRoundedUp: Int { Swift.max(1, Int((nanoseconds + 999_999_999) / 1_000_000_000)) }
}
