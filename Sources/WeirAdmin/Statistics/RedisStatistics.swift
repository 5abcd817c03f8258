/// The second tier of the cache, and the Redis that it is in.
package struct RedisStatistics: Sendable, Encodable, Equatable {
    package struct Purges: Sendable, Encodable, Equatable {
        /// Told to the other sidecars.
        package var sent: UInt64 = 0
        /// Made by others, and applied here.
        package var received: UInt64 = 0
        /// Made while Redis could not be reached: to be told yet.
        package var untold = 0
        /// How often purges may have been missed, so that all that was stored had to be validated.
        package var doubts: UInt64 = 0

        package init() {}
    }

    package struct Connections: Sendable, Encodable, Equatable {
        package var up = 0
        package var connecting = 0
        /// Between two tries.
        package var waiting = 0
        /// Opened, and of those the ones that have ended and the ones in the place of one that had.
        package var opened = 0
        package var ended = 0
        package var reopened = 0
        /// Tries that led to none.
        package var failed = 0

        package init() {}
    }

    /// What came of asking and telling Redis.
    package var events: [String: UInt64] = [:]
    package var purges = Purges()
    /// It hears of all purges; while it does not, Redis is neither asked nor told.
    package var subscribed = false
    /// Bytes of answers on their way to Redis.
    package var pendingBytes = 0
    /// Of all nodes.
    package var connections = Connections()
    package var commands = 0
    /// Replies that are errors.
    package var errorReplies = 0
    /// Commands that were sent on to another node of a cluster.
    package var redirections = 0
    /// Calls without a reply, by the reason.
    package var errors: [String: Int] = [:]
    /// The latest of those replies, or why there was no connection; nil where there has been none.
    package var lastError: String?
    package var latency = RedisLatencyStatistics()
    /// The worst of the nodes' breakers: `closed`, `half_open` or `open`.
    package var breaker = "closed"
    /// In the order of their addresses; of a cluster those that are connected to.
    package var nodes: [RedisNodeStatistics] = []

    package init() {}
}
