package import Logging
package import NIOCore
import Synchronization
import WeirUpstream

/// Redis, Valkey or a cluster of them, for all event loops of a group.
///
///     send ─▶ RedisLoop ─▶ RedisMember ─▶ RedisLink ─▶ RedisConnection
///             the loop's   one node       opened and   PendingReplies
///                 │                       kept
///                 └─▶ RedisNode: breaker, shared by all loops
///
/// Every event loop has connections of its own, so that no reply crosses from one thread to another. While none is up, or
/// the node's breaker is open, a command fails at once: nobody waits for a connection. To be shut down before it is let
/// go of.
package final class RedisClient: Sendable {
    package let settings: RedisSettings
    let group: any EventLoopGroup
    let logger: Logger
    let nodes: RedisNodes
    private let places: [RedisPlace]
    /// Of a cluster; on the first place's event loop.
    private let watch: NIOLoopBoundBox<ClusterWatch>?
    private let isStarted = Atomic(false)

    /// - Parameters:
    ///   - group: its loops alone may be sent from.
    ///   - consequences: what becomes of it where the server does not let its user run a command, for the log: by the
    ///     command's name in capitals, or a script's digest.
    package init(
        settings: RedisSettings,
        group: any EventLoopGroup,
        logger: Logger,
        consequences: [String: String] = [:]
    ) {
        self.settings = settings
        self.group = group
        self.logger = logger
        let complaints = RedisComplaints(settings, consequences: consequences, logger: logger)
        let nodes = RedisNodes(settings, complaints: complaints)
        self.nodes = nodes
        let places = group.makeIterator().map { RedisPlace($0, settings, nodes, logger: logger) }
        self.places = places
        guard case .cluster(let seeds) = settings.place else {
            watch = nil
            return
        }
        let watch = NIOLoopBoundBox.makeBoxSendingValue(
            ClusterWatch(places, seeds: seeds, nodes),
            eventLoop: places[0].eventLoop
        )
        self.watch = watch
        for place in places { place.report(to: watch, on: places[0].eventLoop) }
    }

    /// Opens connections on every event loop, and goes on trying. Has no effect the second time.
    package func start() {
        guard !isStarted.exchange(true, ordering: .relaxed) else { return }
        switch settings.place {
        case .single(let endpoint):
            for place in places { place.eventLoop.execute { place.loop.value.update([endpoint], nil) } }
        case .cluster: places[0].eventLoop.execute { [watch] in watch?.value.start() }
        }
    }

    /// Closes all connections; what waits for a reply fails with ``RedisError/closed``, and so does what is sent from
    /// then on.
    package func shutdown() async {
        try? await places[0].eventLoop.submit { [watch] in watch?.value.stop() }.get()
        for place in places { try? await place.eventLoop.submit { place.loop.value.stop() }.get() }
    }

    /// Whether a command sent now has a chance: some node is connected to, and its breaker is closed. An atomic read.
    package var isAvailable: Bool { nodes.availability.isAny }

    /// Sends commands, all in one write, with whatever else this event loop sends in the same turn. In a cluster all of
    /// them go to the node of the first key, so all keys must be of one slot.
    ///
    /// - Parameters:
    ///   - timeout: until the last reply; the settings' where nil.
    ///   - eventLoop: of the client's group, and the one that this is called on.
    ///   - completion: called exactly once, on that loop, with a reply for each command, in their order; never before this
    ///     function has returned, and never amid another one's completion. It may send. A server's error is a reply:
    ///     ``RedisReply/error(_:)``. Where a node was asked and did not answer in time, it may still act.
    package func send(
        _ commands: [RedisCommand],
        timeout: TimeAmount? = nil,
        on eventLoop: any EventLoop,
        _ completion: @escaping (Result<[RedisReply], RedisError>) -> Void
    ) {
        loop(eventLoop).send(commands, timeout: timeout ?? settings.timeout, completion: completion)
    }

    /// Runs a script: by its digest, and once more by its text where the server does not know it, within one timeout.
    ///
    /// - Parameters:
    ///   - keys: `KEYS`; in a cluster all of one slot.
    ///   - arguments: `ARGV`.
    ///   - completion: as for ``send(_:timeout:on:_:)``.
    package func run(
        _ script: RedisScript,
        keys: [ByteBuffer],
        arguments: [ByteBuffer],
        timeout: TimeAmount? = nil,
        on eventLoop: any EventLoop,
        _ completion: @escaping (Result<RedisReply, RedisError>) -> Void
    ) {
        let loop = loop(eventLoop)
        let deadline = NIODeadline.now() + (timeout ?? settings.timeout)
        func run(isKnown: Bool) {
            let command = script.command(isKnown: isKnown, keys: keys, arguments: arguments)
            loop.send([command], timeout: deadline - .now()) { result in
                if isKnown, case .success(let replies) = result, replies[0].errorKind == "NOSCRIPT" {
                    return run(isKnown: false)
                }
                completion(result.map { $0[0] })
            }
        }
        run(isKnown: true)
    }

    private func loop(_ eventLoop: any EventLoop) -> RedisLoop {
        for place in places where place.eventLoop === eventLoop { return place.loop.value }
        preconditionFailure("Cannot send from an event loop of another group")
    }

    /// From any thread.
    package func snapshot() -> RedisSnapshot {
        var snapshot = RedisSnapshot()
        for values in places.map(\.counts.current) {
            snapshot.connects += values.connects
            snapshot.disconnects += values.disconnects
            snapshot.reconnects += values.reconnects
            snapshot.failedConnects += values.failedConnects
            snapshot.commands += values.commands
            snapshot.errorReplies += values.errorReplies
            snapshot.redirections += values.redirections
            snapshot.failures.merge(values.failures) { $0 + $1 }
            snapshot.latency.add(values.latency)
        }
        snapshot.lastError = nodes.complaints.last
        let now = NIODeadline.now()
        snapshot.nodes = nodes.all.map { $0.snapshot(now: now) }.sorted { "\($0.endpoint)" < "\($1.endpoint)" }
        for node in snapshot.nodes {
            snapshot.connections = snapshot.connections + node.connections
            if node.breaker.state.rawValue > snapshot.breaker.rawValue { snapshot.breaker = node.breaker.state }
        }
        return snapshot
    }
}
