import Logging
import NIOCore
import WeirUpstream

/// A client's part on one event loop: the connections there and the calls on them.
final class RedisLoop {
    let eventLoop: any EventLoop
    let settings: RedisSettings
    let logger: Logger
    let counts = RedisCounts()
    private let nodes: RedisNodes
    private var members: [RedisEndpoint: RedisMember] = [:]
    private var isStopped = false

    init(on eventLoop: any EventLoop, _ settings: RedisSettings, _ nodes: RedisNodes, logger: Logger) {
        self.eventLoop = eventLoop
        self.settings = settings
        self.nodes = nodes
        self.logger = logger
    }

    func start() {
        guard !isStopped else { return }
        switch settings.place {
        case .single(let endpoint): member(endpoint).start()
        case .cluster(let seeds): for seed in seeds { member(seed).start() }
        }
    }

    func stop() {
        isStopped = true
        let stopping = exchange(&members, with: [:])
        for member in stopping.values { member.stop() }
    }

    private func member(_ endpoint: RedisEndpoint) -> RedisMember {
        if let member = members[endpoint] { return member }
        let member = RedisMember(nodes.node(endpoint), on: self)
        members[endpoint] = member
        return member
    }

    // MARK: Calls

    /// - Parameter completion: called once, at the earliest in the loop's next turn.
    func send(
        _ commands: [RedisCommand],
        timeout: TimeAmount,
        completion: @escaping (Result<[RedisReply], RedisError>) -> Void
    ) {
        let now = NIODeadline.now()
        let call = RedisCall(commands, startedAt: now, deadline: now + timeout, completion: completion)
        counts.change { $0.commands += commands.count }
        guard !commands.isEmpty else { return later { call.finish(.success([])) } }
        if let error = isStopped ? .closed : send(call, now: now) { later { self.failed(call, error) } }
    }

    private func later(_ body: @escaping () -> Void) { eventLoop.assumeIsolated().execute(body) }

    /// - Returns: why it is not sent.
    private func send(_ call: RedisCall, now: NIODeadline) -> RedisError? {
        guard let member = members.values.first, let connection = member.connection,
            let ticket = member.node.admit(now: now, timeout: settings.timeout)
        else { return .unavailable }
        call.ticket = ticket
        if connection.send(call, now: now) { return nil }
        _ = member.node.report(ticket, .cancelled, now: now)
        call.ticket = nil
        return .full
    }

    // MARK: Members

    func wentUp(_ member: RedisMember) {}

    func isUnreachable(_ member: RedisMember) {}

    func answered(_ call: RedisCall, _ replies: [RedisReply], by member: RedisMember) {
        if !call.isProbe {
            counts.change { counts in
                counts.latency.record(.now() - call.startedAt)
                for reply in replies { if reply.errorKind != nil { counts.errorReplies += 1 } }
            }
        }
        call.finish(.success(replies))
    }

    func failed(_ call: RedisCall, _ error: RedisError) {
        if !call.isProbe { counts.change { $0.failures[error.name, default: 0] += 1 } }
        call.finish(.failure(error))
    }
}
