import Logging
import NIOCore
import WeirUpstream

/// A client's part on one event loop: the connections there, and the calls on them.
final class RedisLoop {
    let eventLoop: any EventLoop
    let settings: RedisSettings
    let logger: Logger
    let counts = RedisCounts()
    /// Of a cluster: to be told of what may be a change of the topology, such as a node that is reached, or is not any more.
    var topologyMayHaveChanged: (_ sentOn: (to: RedisEndpoint, forGood: Bool)?) -> Void = { _ in }

    var complaints: RedisComplaints { nodes.complaints }
    private let nodes: RedisNodes
    private var members: [RedisEndpoint: RedisMember] = [:]
    private var routes: RedisRoutes
    private var isStopped = false

    init(on eventLoop: any EventLoop, _ settings: RedisSettings, _ nodes: RedisNodes, logger: Logger) {
        self.eventLoop = eventLoop
        self.settings = settings
        self.nodes = nodes
        self.logger = logger
        routes = RedisRoutes(settings.place)
    }

    /// - Parameters:
    ///   - held: whom to be connected to, and nobody else.
    ///   - map: of a cluster, once it is known.
    func update(_ held: Set<RedisEndpoint>, _ map: SlotMap?) {
        guard !isStopped else { return }
        if let map { routes.learn(map) }
        for endpoint in held where members[endpoint] == nil {
            let member = RedisMember(nodes.node(endpoint), on: self)
            members[endpoint] = member
            member.start()
        }
        for (endpoint, member) in members where !held.contains(endpoint) {
            members[endpoint] = nil
            member.stop()
        }
    }

    func stop() {
        isStopped = true
        topologyMayHaveChanged = { _ in }
        let stopping = exchange(&members, with: [:])
        for member in stopping.values { member.stop() }
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
        let member = routes.endpoint(for: call).flatMap { members[$0] } ?? (call.slot == nil ? anyMember : nil)
        if let error = send(call, to: member, now: now) { later { self.failed(call, error) } }
    }

    private func later(_ body: @escaping () -> Void) { eventLoop.assumeIsolated().execute(body) }

    /// - Returns: why it is not sent.
    private func send(_ call: RedisCall, to member: RedisMember?, now: NIODeadline) -> RedisError? {
        guard !isStopped else { return .closed }
        guard let member, let connection = member.connection,
            let ticket = member.node.admit(now: now, timeout: settings.timeout)
        else { return .unavailable }
        call.ticket = ticket
        if connection.send(call, now: now) { return nil }
        _ = member.node.report(ticket, .cancelled, now: now)
        call.ticket = nil
        return .full
    }

    func answered(_ call: RedisCall, _ replies: [RedisReply], by member: RedisMember) {
        guard !call.isProbe else { return call.finish(.success(replies)) }
        guard routes.isCluster else { return finish(call, replies, by: member) }
        let replies = call.isAsking ? stride(from: 1, to: replies.count, by: 2).map { replies[$0] } : replies
        if replies.contains(where: \.isOutage) { topologyMayHaveChanged(nil) }
        let plan = RedirectionPlan(
            round: call.round,
            replies: replies,
            redirections: call.redirections,
            wasAsking: call.isAsking,
            asked: member.node.endpoint,
            left: call.deadline - .now()
        )
        switch plan {
        case .done: finish(call, call.merged(replies), by: member)
        case .misdirected: failed(call, .misdirected)
        case .again(let commands, let node, let isAsking, let pause):
            counts.change { $0.redirections += 1 }
            learn(from: replies, of: member.node.endpoint)
            call.beginRound(commands, keeping: call.merged(replies), isAsking: isAsking)
            guard pause > .zero else { return sendOn(call, to: node) }
            eventLoop.assumeIsolated().scheduleTask(in: pause) { self.sendOn(call, to: node) }
        }
    }

    private func learn(from replies: [RedisReply], of asked: RedisEndpoint) {
        for reply in replies {
            switch Redirection(reply, asked: asked) {
            case .moved(let slot, let endpoint)?:
                if routes.learn(slot, endpoint) { topologyMayHaveChanged((to: endpoint, forGood: true)) }
            case .ask(let endpoint)?:
                if members[endpoint] == nil { topologyMayHaveChanged((to: endpoint, forGood: false)) }
            case .tryAgain?, nil: break
            }
        }
    }

    private func sendOn(_ call: RedisCall, to endpoint: RedisEndpoint) {
        let now = NIODeadline.now()
        let error = now < call.deadline ? send(call, to: members[endpoint], now: now) : .timedOut
        if let error { failed(call, error) }
    }

    private func finish(_ call: RedisCall, _ replies: [RedisReply], by member: RedisMember) {
        for (command, reply) in zip(call.commands, replies) {
            complaints.replied(reply, to: command, by: member.node.endpoint)
        }
        let time = NIODeadline.now() - call.startedAt
        counts.change { counts in
            counts.latency.record(time)
            for reply in replies where reply.errorKind != nil { counts.errorReplies += 1 }
        }
        call.finish(.success(replies))
    }

    func failed(_ call: RedisCall, _ error: RedisError) {
        if !call.isProbe { counts.change { $0.failures[error.name, default: 0] += 1 } }
        call.finish(.failure(error))
    }

    // MARK: The cluster

    private var anyMember: RedisMember? {
        members.values.filter { $0.connection != nil && !$0.node.isOpen }.randomElement()
    }

    /// - Parameter completion: called once, with nil where there is no answer, unless this returns false.
    /// - Returns: whether there is somebody to ask.
    func askTopology(_ completion: @escaping (SlotMap?) -> Void) -> Bool {
        guard let member = anyMember, let connection = member.connection else { return false }
        let now = NIODeadline.now()
        let asked = member.node.endpoint
        let deadline = now + max(settings.timeout, settings.connectTimeout)
        let call = RedisCall([.clusterSlots], startedAt: now, deadline: deadline, isProbe: true) { [weak self] result in
            let reply = (try? result.get())?.first
            if case .error(let text)? = reply, member.node.refused(text) {
                self?.logger.error(
                    "Redis does not tell a topology",
                    metadata: ["redis": "\(asked)", "reason": "\(text)"]
                )
            }
            completion(reply.flatMap { SlotMap($0, asked: asked) })
        }
        if !connection.send(call, now: now) { later { call.finish(.failure(.full)) } }
        return true
    }
}

extension RedisCommand {
    fileprivate static let clusterSlots = RedisCommand("CLUSTER", text: "SLOTS")
}
