/// How many retries an upstream bears, so that they cannot multiply the load that made it fail: at any moment a share
/// of the calls under way, and a few in any case.
///
/// A retry counts from the decision to make it, its back-off included, to its end.
struct RetryBudget: Sendable {
    private let share: Double
    private let minimum: Int
    private(set) var calls = 0
    private(set) var retries = 0

    init(share: Double, minimum: Int) {
        self.share = share
        self.minimum = minimum
    }

    mutating func beginCall() { calls += 1 }

    mutating func endCall() {
        precondition(calls > 0, "Cannot end a call that has not begun")
        calls -= 1
    }

    /// - Returns: whether a retry may be made; ``endRetry()`` gives its place back.
    mutating func beginRetry() -> Bool {
        guard retries < max(minimum, Int(share * Double(calls))) else { return false }
        retries += 1
        return true
    }

    mutating func endRetry() {
        precondition(retries > 0, "Cannot end a retry that has not begun")
        retries -= 1
    }
}
