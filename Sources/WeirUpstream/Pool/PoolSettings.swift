package import NIOCore

/// Bounds on the connections to one upstream; to each of its addresses, where it has several.
package struct PoolSettings: Sendable, Equatable {
    /// Connections open at once, over all event loops.
    package var max: Int
    /// Calls waiting for a connection, over all event loops; one more is refused.
    package var pending: Int
    /// How long a call may wait for a connection.
    package var pendingWait: TimeAmount
    /// How long a connection may lie unused.
    package var idle: TimeAmount

    package init(
        max: Int = 100,
        pending: Int = 1000,
        pendingWait: TimeAmount = .seconds(10),
        idle: TimeAmount = .seconds(30)
    ) {
        self.max = max
        self.pending = pending
        self.pendingWait = pendingWait
        self.idle = idle
    }
}
