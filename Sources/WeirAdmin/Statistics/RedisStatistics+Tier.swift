import NIOCore
import WeirRedis
import WeirTier
import WeirUpstream

extension RedisStatistics {
    init(_ tier: TierSnapshot) {
        self.init()
        for event in TierEvent.allCases { events[event.rawValue] = tier.count(event) }
        purges = Purges(tier.purges)
        subscribed = tier.isSubscribed
        pendingBytes = tier.pendingBytes
        connections = Connections(tier.redis)
        commands = tier.redis.commands
        errorReplies = tier.redis.errorReplies
        redirections = tier.redis.redirections
        for error in Self.errorsOfCalls { errors[error.name] = 0 }
        errors.merge(tier.redis.failures) { $1 }
        lastError = tier.redis.lastError
        latency = RedisLatencyStatistics(tier.redis.latency)
        breaker = tier.redis.breaker.name
        nodes = tier.redis.nodes.map(RedisNodeStatistics.init)
    }

    /// There from the start, so that a first one is seen to be one.
    private static let errorsOfCalls: [RedisError] = [
        .unavailable, .timedOut, .full, .closed, .protocolViolation, .misdirected,
    ]
}

extension RedisStatistics.Purges {
    fileprivate init(_ counts: PurgeFeedCounts) {
        self.init()
        sent = counts.sent
        received = counts.received
        untold = counts.untold
        doubts = counts.doubts
    }
}

extension RedisStatistics.Connections {
    fileprivate init(_ redis: RedisSnapshot) {
        self.init()
        up = redis.connections.up
        connecting = redis.connections.connecting
        waiting = redis.connections.waiting
        opened = redis.connects
        ended = redis.disconnects
        reopened = redis.reconnects
        failed = redis.failedConnects
    }
}

extension RedisNodeStatistics {
    fileprivate init(_ node: RedisNodeSnapshot) {
        self.init(
            address: "\(node.endpoint)",
            breaker: node.breaker.state.name,
            breakerValue: node.breaker.state.rawValue
        )
        up = node.connections.up
        connecting = node.connections.connecting
        waiting = node.connections.waiting
        breakerTransitions = node.breaker.transitions
    }
}

extension RedisLatencyStatistics {
    fileprivate init(_ latency: RedisLatency) {
        self.init()
        count = latency.count
        sumSeconds = latency.sum.seconds
        meanSeconds = count > 0 ? sumSeconds / Double(count) : 0
        maxSeconds = latency.max.seconds
        var cumulative = 0
        for (bound, count) in zip(RedisLatency.bounds, latency.buckets) {
            cumulative += count
            buckets.append(Bucket(bound: bound, count: cumulative))
        }
    }
}

extension TimeAmount {
    fileprivate var seconds: Double { Double(nanoseconds) / 1e9 }
}
