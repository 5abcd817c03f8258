import NIOCore
import Synchronization

/// What one event loop has counted; nobody else takes the lock but who asks for a snapshot.
final class RedisCounts: Sendable {
    struct Values: Sendable {
        var connects = 0
        var disconnects = 0
        var reconnects = 0
        var failedConnects = 0
        var commands = 0
        var errorReplies = 0
        var redirections = 0
        /// Calls without a reply, by ``RedisError/name``.
        var failures: [String: Int] = [:]
        var latency = RedisLatency()
    }

    private let values = Mutex(Values())

    func change(_ body: (inout Values) -> Void) { values.withLock { body(&$0) } }

    var current: Values { values.withLock { $0 } }
}
