package import WeirUpstream

/// What a client shows of itself; counts are since its start.
package struct RedisSnapshot: Sendable, Equatable {
    /// Of all nodes.
    package var connections = RedisConnectionCounts()
    /// Connections that came to be ready, and of those the ones that have ended.
    package var connects = 0
    package var disconnects = 0
    /// Connections that came to be ready in the place of one that had ended.
    package var reconnects = 0
    /// Tries that led to none.
    package var failedConnects = 0
    /// Commands that were asked for, whatever became of them.
    package var commands = 0
    /// Replies that are errors, MOVED and ASK that were followed not among them.
    package var errorReplies = 0
    /// Times that commands were sent on to another node of a cluster.
    package var redirections = 0
    /// Calls without a reply, by ``RedisError/name``.
    package var failures: [String: Int] = [:]
    /// What a server replied with in the place of what was asked for, or why there was no connection to it; nil where that
    /// has not been.
    package var lastError: String?
    package var latency = RedisLatency()
    /// The worst of the nodes' breakers.
    package var breaker = BreakerState.closed
    /// By endpoint. Of a cluster those that are connected to.
    package var nodes: [RedisNodeSnapshot] = []

    package init() {}

    package var timeouts: Int { failures[RedisError.timedOut.name] ?? 0 }
}
