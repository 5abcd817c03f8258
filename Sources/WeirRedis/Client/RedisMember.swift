import Logging
import NIOCore
import WeirUpstream

/// One node on one event loop: its connections there, and the probing while its breaker is open.
final class RedisMember: RedisConnectionOwner {
    /// How often is looked whether it is time for a probe.
    private static let probePause = TimeAmount.milliseconds(20)

    let node: RedisNode
    let settings: RedisSettings
    let eventLoop: any EventLoop
    private let logger: Logger
    private let complaints: RedisComplaints
    private weak var loop: RedisLoop?
    private var links: [RedisLink] = []
    private var isStopped = false
    private var probing: Scheduled<Void>?

    init(_ node: RedisNode, on loop: RedisLoop) {
        self.node = node
        self.loop = loop
        settings = loop.settings
        eventLoop = loop.eventLoop
        logger = loop.logger
        complaints = loop.complaints
        links = (0..<max(settings.connections, 1)).map { _ in RedisLink(self) }
    }

    /// The one with the fewest commands on it; nil while none is up.
    var connection: RedisConnection? {
        var best: RedisConnection?
        for link in links {
            guard let connection = link.connection else { continue }
            if best.map({ connection.pendingCount < $0.pendingCount }) ?? true { best = connection }
        }
        return best
    }

    var isConnected: Bool { links.contains { $0.connection != nil } }

    func start() { for link in links { link.start() } }

    /// Closes its connections; what waits on them fails.
    func stop() {
        guard !isStopped else { return }
        isStopped = true
        probing?.cancel()
        for link in links { link.stop() }
    }

    // MARK: Connections

    /// - Parameter isAgain: there was one in this place before.
    func wentUp(isAgain: Bool) {
        loop?.counts.change { counts in
            counts.connects += 1
            if isAgain { counts.reconnects += 1 }
        }
        if node.refused(nil) {
            logger.info("Redis takes connections again", metadata: ["redis": "\(node.endpoint)"])
        }
        loop?.topologyMayHaveChanged(nil)
    }

    func went(down error: RedisError) {
        loop?.counts.change { $0.disconnects += 1 }
        if case .protocolViolation = error {
            logger.warning("Redis broke its protocol", metadata: ["redis": "\(node.endpoint)"])
        }
        if !isStopped { loop?.topologyMayHaveChanged(nil) }
    }

    /// Logged once for each reason that is not the one before.
    func failedToConnect(_ error: any Error) {
        loop?.counts.change { $0.failedConnects += 1 }
        let reason = reason(error)
        complaints.failed(reason)
        if node.refused(reason) {
            let isRefusal = if case RedisError.refused = error { true } else { false }
            logger.log(
                level: isRefusal ? .error : .warning,
                isRefusal ? "Redis refuses connections" : "Cannot connect to Redis",
                metadata: ["redis": "\(node.endpoint)", "reason": "\(reason)"]
            )
        }
        loop?.topologyMayHaveChanged(nil)
    }

    private func reason(_ error: any Error) -> String {
        switch error {
        case RedisError.refused(let text): return complaints.told(text)
        case RedisError.timedOut, ChannelError.connectTimeout: return "no connection in time"
        case RedisError.protocolViolation: return "what it says is not Redis' protocol"
        case RedisError.closed: return "it closes the connection"
        case _: break
        }
        switch ConnectFailure.upstreamError(error, authority: "\(node.endpoint)") {
        case .connect(let reason), .tls(let reason), .malformed(let reason): return reason
        case .connectTimeout: return "no connection in time"
        case .busy: return "this system has no file or memory for it"
        case let error: return UpstreamOutcome(error).name
        }
    }

    func ended(_ connection: RedisConnection, _ error: RedisError) {
        for link in links { link.ended(connection, error) }
    }

    // MARK: Calls

    func answered(_ call: RedisCall, _ replies: [RedisReply]) {
        report(call, replies.contains(where: \.isOutage) ? .failure : .success)
        guard let loop else { return call.finish(.success(replies)) }
        loop.answered(call, replies, by: self)
    }

    func failed(_ call: RedisCall, _ error: RedisError) {
        report(call, isStopped ? .cancelled : .failure)
        guard let loop else { return call.finish(.failure(error)) }
        loop.failed(call, error)
    }

    private func report(_ call: RedisCall, _ outcome: BreakerOutcome) {
        guard let ticket = exchange(&call.ticket, with: nil) else { return }
        let now = NIODeadline.now()
        if node.report(ticket, outcome, now: now) {
            logger.warning("Redis does not answer: going on without", metadata: ["redis": "\(node.endpoint)"])
            probeLater()
        }
    }

    // MARK: Probing

    private func probeLater() {
        guard !isStopped else { return }
        probing = eventLoop.assumeIsolated().scheduleTask(in: Self.probePause) { [weak self] in self?.probe() }
    }

    private func probe() {
        let now = NIODeadline.now()
        let timeout = settings.timeout
        // Without a connection a probe could only fail, and the next one would be later still.
        guard let connection, let ticket = node.admitProbe(now: now, timeout: timeout) else { return probeLater() }
        let call = RedisCall([.ping], startedAt: now, deadline: now + timeout, isProbe: true) { [weak self] result in
            self?.probed(ticket, result)
        }
        if !connection.send(call, now: now) { call.finish(.failure(.full)) }
    }

    private func probed(_ ticket: BreakerTicket, _ result: Result<[RedisReply], RedisError>) {
        let isAnswered = (try? result.get())?.first.map { !$0.isOutage } ?? false
        if node.probed(ticket, isAnswered ? .success : .failure, now: .now()) {
            logger.info("Redis answers again", metadata: ["redis": "\(node.endpoint)"])
        } else {
            probeLater()
        }
    }
}

extension RedisCommand {
    /// Answered with `PONG`, or with an error that says how the server is.
    static let ping = RedisCommand("PING", keyIndex: nil)
}
