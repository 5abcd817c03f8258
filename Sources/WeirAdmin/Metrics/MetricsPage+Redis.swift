import WeirTier

extension MetricsPage {
    private static let lookups: [TierEvent] = [.hit, .miss, .skipped]
    private static let writes: [TierEvent] = [.written, .unwritten, .outrun]

    static func writeRedis(_ redis: RedisStatistics, into page: inout MetricsText) {
        page.family("weir_redis_lookups_total", .counter, "Requests by what the second tier had for them.")
        for event in lookups { page.sample(["outcome": event.rawValue], redis.events[event.rawValue] ?? 0) }
        page.family("weir_redis_writes_total", .counter, "Answers for the second tier by what became of them.")
        for event in writes { page.sample(["outcome": event.rawValue], redis.events[event.rawValue] ?? 0) }
        page.family("weir_redis_events_total", .counter, "What else came of asking and telling Redis.")
        let others = Set(redis.events.keys).subtracting((lookups + writes).map(\.rawValue))
        for event in others.sorted() { page.sample(["event": event], redis.events[event] ?? 0) }
        page.family("weir_redis_pending_bytes", .gauge, "Bytes of answers on their way to Redis.")
        page.sample(redis.pendingBytes)
        writePurges(redis, into: &page)
        writeConnections(redis, into: &page)
        writeCalls(redis, into: &page)
    }

    private static func writePurges(_ redis: RedisStatistics, into page: inout MetricsText) {
        page.family("weir_redis_subscribed", .gauge, "1 while every purge of other sidecars is heard of.")
        page.sample(redis.subscribed ? 1 : 0)
        page.family("weir_redis_purges_total", .counter, "Purges told to other sidecars, and applied for them.")
        page.sample(["direction": "sent"], redis.purges.sent)
        page.sample(["direction": "received"], redis.purges.received)
        page.family("weir_redis_purges_untold", .gauge, "Purges that wait for Redis to tell the other sidecars.")
        page.sample(redis.purges.untold)
        page.family("weir_redis_doubts_total", .counter, "Times that all that was stored had to be validated.")
        page.sample(redis.purges.doubts)
    }

    private static func writeConnections(_ redis: RedisStatistics, into page: inout MetricsText) {
        page.family("weir_redis_connections", .gauge, "Connections to Redis by state.")
        for node in redis.nodes {
            page.sample(["node": node.address, "state": "up"], node.up)
            page.sample(["node": node.address, "state": "connecting"], node.connecting)
            page.sample(["node": node.address, "state": "waiting"], node.waiting)
        }
        page.family("weir_redis_connects_total", .counter, "Tries to connect to Redis by outcome.")
        page.sample(["outcome": "opened"], redis.connections.opened)
        page.sample(["outcome": "failed"], redis.connections.failed)
        page.family("weir_redis_disconnects_total", .counter, "Connections to Redis that have ended.")
        page.sample(redis.connections.ended)
        page.family("weir_redis_breaker_state", .gauge, "Circuit breakers: 0 closed, 1 half-open, 2 open.")
        for node in redis.nodes { page.sample(["node": node.address], node.breakerValue) }
        page.family("weir_redis_breaker_transitions_total", .counter, "Changes of state of circuit breakers.")
        for node in redis.nodes { page.sample(["node": node.address], node.breakerTransitions) }
    }

    private static func writeCalls(_ redis: RedisStatistics, into page: inout MetricsText) {
        page.family("weir_redis_commands_total", .counter, "Commands for Redis, whatever became of them.")
        page.sample(redis.commands)
        page.family("weir_redis_error_replies_total", .counter, "Replies that are errors.")
        page.sample(redis.errorReplies)
        page.family("weir_redis_redirections_total", .counter, "Commands sent on to another node of a cluster.")
        page.sample(redis.redirections)
        page.family("weir_redis_errors_total", .counter, "Calls to Redis without a reply, by the reason.")
        for (reason, count) in ordered(redis.errors) { page.sample(["reason": reason], count) }
        page.family(
            "weir_redis_call_duration_seconds",
            .histogram,
            "From a call to its last reply, where it came in time."
        )
        for bucket in redis.latency.buckets {
            page.sample(suffix: "_bucket", ["le": "\(bucket.bound)"], bucket.count)
        }
        page.sample(suffix: "_bucket", ["le": "+Inf"], redis.latency.count)
        page.sample(suffix: "_sum", [:], redis.latency.sumSeconds)
        page.sample(suffix: "_count", [:], redis.latency.count)
    }
}
