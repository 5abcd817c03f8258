import WeirUpstream

/// Calls that an upstream's rate limits had no room for when they came.
package struct PaceStatistics: Sendable, Encodable {
    package var waitingCount: Int
    /// Of those that wait no more: `sent`, `refused`, `cancelled`.
    package var outcomes: [String: UInt64]
    /// How long these have waited, all together.
    package var waitSeconds: Double

    package init(waitingCount: Int = 0, outcomes: [String: UInt64] = [:], waitSeconds: Double = 0) {
        self.waitingCount = waitingCount
        self.outcomes = outcomes
        self.waitSeconds = waitSeconds
    }

    init(_ pacing: PaceSnapshot) {
        self.init(waitingCount: pacing.waiting, waitSeconds: pacing.waitSeconds)
        for (outcome, count) in pacing.outcomes { outcomes[outcome.name] = UInt64(count) }
    }
}
