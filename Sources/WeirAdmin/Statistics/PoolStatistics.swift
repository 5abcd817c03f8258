/// An upstream's connections now.
package struct PoolStatistics: Sendable, Encodable, Equatable {
    package var totalCount: Int
    package var activeConnections: Int
    package var idleCount: Int
    /// Calls that wait for a connection.
    package var waitingCount: Int
    package var maxConnections: Int

    package init(activeConnections: Int = 0, idleCount: Int = 0, waitingCount: Int = 0, maxConnections: Int = 0) {
        totalCount = activeConnections + idleCount
        self.activeConnections = activeConnections
        self.idleCount = idleCount
        self.waitingCount = waitingCount
        self.maxConnections = maxConnections
    }
}
