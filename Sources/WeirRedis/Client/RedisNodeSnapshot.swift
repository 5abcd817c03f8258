package import WeirUpstream

/// What a client shows of one server.
package struct RedisNodeSnapshot: Sendable, Equatable {
    package var endpoint: RedisEndpoint
    /// Of all event loops.
    package var connections: RedisConnectionCounts
    package var breaker: BreakerSnapshot
}
