/// One upstream: its calls, its connections and its circuit breakers.
package struct UpstreamStatistics: Sendable, Encodable {
    package var name: String
    package var url: String
    /// Calls begun, those that a breaker refused among them.
    package var requests: UInt64 = 0
    /// Calls ended, by service and outcome; what has not come up is left out.
    package var outcomes: [String: [String: UInt64]] = [:]
    package var pool = PoolStatistics()
    package var breakers: [BreakerStatistics] = []

    package init(name: String, url: String) {
        self.name = name
        self.url = url
    }
}

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

/// The circuit breaker of one service of an upstream.
package struct BreakerStatistics: Sendable, Encodable, Equatable {
    package var service: String
    /// `closed`, `half_open` or `open`.
    package var state: String
    /// 0 closed, 1 half-open, 2 open.
    package var stateValue: Int
    package var consecutiveFailures = 0
    /// Calls that ended within the window, and how many of them failed.
    package var calls = 0
    package var failures = 0
    /// Until a call may probe; there while it is open.
    package var nextProbeSeconds: Int?
    /// Changes of state so far.
    package var transitions = 0

    private enum CodingKeys: CodingKey {
        case service, state, consecutiveFailures, calls, failures, nextProbeSeconds, transitions
    }

    package init(service: String, state: String, stateValue: Int) {
        self.service = service
        self.state = state
        self.stateValue = stateValue
    }
}
