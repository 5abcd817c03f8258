import NIOCore

/// A subscription on its event loop: keeps a connection up, and does what ``SubscriptionMachine`` says.
final class SubscriptionLoop {
    private enum State {
        case idle
        case dialing
        case up(SubscriptionConnection, since: NIODeadline)
        case waiting(Scheduled<Void>)
        case stopped
    }

    private let eventLoop: any EventLoop
    private let settings: RedisSettings
    private let nodes: RedisNodes
    private let handler: any RedisSubscriptionHandler
    /// Whom the latest connection is to.
    private var endpoint: RedisEndpoint?
    private var machine: SubscriptionMachine<(Bool) -> Void>
    private var state = State.idle
    private var backoff = Backoff()
    /// Grows with every try, so that another node of a cluster is asked each time.
    private var tries = 0
    private var ticking: Scheduled<Void>?

    init(
        on eventLoop: any EventLoop,
        _ settings: RedisSettings,
        _ nodes: RedisNodes,
        channels: [String],
        handler: any RedisSubscriptionHandler
    ) {
        self.eventLoop = eventLoop
        self.settings = settings
        self.nodes = nodes
        self.handler = handler
        machine = SubscriptionMachine(channels, heartbeat: settings.heartbeat)
    }

    func start() {
        guard case .idle = state else { return }
        dial()
    }

    func stop() {
        let former = exchange(&state, with: .stopped)
        ticking?.cancel()
        switch former {
        case .idle, .dialing, .stopped: break
        case .waiting(let timer): timer.cancel()
        case .up(let connection, _): connection.end()
        }
        perform(machine.disconnected())
    }

    func subscribe(_ channel: String, _ confirmed: @escaping (Bool) -> Void) {
        perform(machine.subscribe(channel, confirmed))
    }

    func unsubscribe(_ channel: String) { perform(machine.unsubscribe(channel)) }

    // MARK: The connection

    private func dial() {
        state = .dialing
        let endpoints = nodes.endpoints
        let endpoint = endpoints[tries % endpoints.count]
        self.endpoint = endpoint
        let dialer = nodes.dialer(endpoint)
        tries += 1
        dialer.dial(on: eventLoop).whenComplete { result in self.dialed(result) }
    }

    private func dialed(_ result: Result<any Channel, any Error>) {
        guard case .dialing = state else {
            if case .success(let channel) = result { channel.close(promise: nil) }
            return
        }
        let connection = SubscriptionConnection(settings, loop: self)
        guard case .success(let channel) = result,
            (try? channel.pipeline.syncOperations.addHandler(connection)) != nil
        else { return wait() }
        state = .up(connection, since: .now())
        perform(machine.connected(now: .now()))
        tickLater()
    }

    private func tickLater() {
        ticking?.cancel()
        let pause = TimeAmount.nanoseconds(max(settings.heartbeat.nanoseconds / 8, 1_000_000))
        ticking = eventLoop.assumeIsolated().scheduleTask(in: pause) { [weak self] in
            guard let self, case .up = state else { return }
            perform(machine.tick(now: .now()))
            tickLater()
        }
    }

    private func wait() {
        let delay = backoff.next(jitter: .random(in: 0..<1))
        state = .waiting(eventLoop.assumeIsolated().scheduleTask(in: delay) { [weak self] in self?.dial() })
    }

    func received(_ reply: RedisReply) {
        // Nothing else that it sends is answered with an error, but by a server that takes nothing at all.
        if let endpoint { nodes.complaints.replied(reply, to: .subscribe, by: endpoint) }
        perform(machine.received(reply, now: .now()))
    }

    func ended(_ connection: SubscriptionConnection) {
        guard case .up(let current, let since) = state, current === connection else { return }
        backoff.ended(after: .now() - since)
        wait()
        perform(machine.disconnected())
    }

    private func perform(_ actions: [SubscriptionMachine<(Bool) -> Void>.Action]) {
        for action in actions {
            switch action {
            case .send(let command): if case .up(let connection, _) = state { connection.send(command) }
            case .tell(let waiter, let isHeard): waiter(isHeard)
            case .subscribed: handler.subscribed()
            case .message(let channel, let message): handler.received(channel: channel, message: message)
            case .lost: handler.lost()
            case .close: if case .up(let connection, _) = state { connection.end() }
            }
        }
    }
}

extension RedisCommand {
    fileprivate static let subscribe = RedisCommand("SUBSCRIBE", keyIndex: nil)
}
