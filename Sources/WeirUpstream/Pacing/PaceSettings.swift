package import NIOCore

/// How calls are kept within what an upstream's `x-ratelimit-*` leave.
package struct PaceSettings: Sendable, Equatable {
    package var isOn: Bool
    /// How long a call may wait; ``PoolSettings/pendingWait`` where nil.
    package var maxWait: TimeAmount?
    /// Calls that wait at once.
    package var pending: Int
    /// For how long at most is gone by what an answer has said.
    package var resetMax: TimeAmount
    /// Credentials, by service and model, whose limits are remembered at once.
    package var entries: Int

    package init(
        isOn: Bool = true,
        maxWait: TimeAmount? = nil,
        pending: Int = 1000,
        resetMax: TimeAmount = .minutes(5),
        entries: Int = 1024
    ) {
        self.isOn = isOn
        self.maxWait = maxWait
        self.pending = pending
        self.resetMax = resetMax
        self.entries = entries
    }
}
