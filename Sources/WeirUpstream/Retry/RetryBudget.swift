/// How many retries an upstream bears, so that they cannot multiply the load that made it fail: at any moment a share
/// of the calls under way, and a few in any case.
///
/// A retry counts from the decision to make it, its back-off included, to its end. Where the upstream has asked to be left
/// alone that decision is made when the time is over: who waits calls nobody, and must not keep others from retrying. Such
/// waits have a count of their own, with the same bound, so that an upstream which asks everybody for quiet does not hold
/// up everybody.
struct RetryBudget: Sendable {
    private let share: Double
    private let minimum: Int
    private(set) var calls = 0
    private(set) var retries = 0
    private(set) var waits = 0

    init(share: Double, minimum: Int) {
        self.share = share
        self.minimum = minimum
    }

    mutating func beginCall() { calls += 1 }

    mutating func endCall() {
        precondition(calls > 0, "Cannot end a call that has not begun")
        calls -= 1
    }

    private var bound: Int { max(minimum, Int(share * Double(calls))) }

    /// - Returns: whether a retry may be made; ``endRetry()`` gives its place back.
    mutating func beginRetry() -> Bool {
        guard retries < bound else { return false }
        retries += 1
        return true
    }

    mutating func endRetry() {
        precondition(retries > 0, "Cannot end a retry that has not begun")
        retries -= 1
    }

    /// - Returns: whether a `Retry-After` may be waited out; ``endWait()`` gives the place back.
    mutating func beginWait() -> Bool {
        guard waits < bound else { return false }
        waits += 1
        return true
    }

    mutating func endWait() {
        precondition(waits > 0, "Cannot end a wait that has not begun")
        waits -= 1
    }
}
