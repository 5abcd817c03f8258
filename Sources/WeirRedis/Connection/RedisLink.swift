import NIOCore

/// A place for one connection to one node on one event loop: opened, kept, and opened again when it ends.
///
///     waiting ──▶ dialing ──▶ up ──┐
///        ▲           │            │ ends
///        └───────────┴────────────┘
///
/// ``RedisMember`` owns it.
final class RedisLink {
    private enum State {
        case idle
        case dialing
        case up(RedisConnection, since: NIODeadline)
        case waiting(Scheduled<Void>)
        case stopped

        func count(_ change: Int, in counts: inout RedisConnectionCounts) {
            switch self {
            case .idle, .stopped: break
            case .dialing: counts.connecting += change
            case .up: counts.up += change
            case .waiting: counts.waiting += change
            }
        }
    }

    private unowned let member: RedisMember
    private var state = State.idle {
        didSet {
            member.node.changed { counts in
                oldValue.count(-1, in: &counts)
                state.count(1, in: &counts)
            }
        }
    }
    private var wasUp = false
    private var backoff = Backoff()

    init(_ member: RedisMember) { self.member = member }

    /// The connection, if it is up.
    var connection: RedisConnection? {
        guard case .up(let connection, _) = state else { return nil }
        return connection
    }

    func start() {
        guard case .idle = state else { return }
        dial()
    }

    /// Closes the connection; what waits on it fails.
    func stop() {
        let former = exchange(&state, with: .stopped)
        switch former {
        case .idle, .dialing, .stopped: break
        case .waiting(let timer): timer.cancel()
        case .up(let connection, _):
            member.went(down: .closed)
            connection.end(.closed)
        }
    }

    /// The connection has ended by itself.
    func ended(_ connection: RedisConnection, _ error: RedisError) {
        guard case .up(let current, let since) = state, current === connection else { return }
        backoff.ended(after: .now() - since)
        wait()
        member.went(down: error)
    }

    private func dial() {
        state = .dialing
        // The closure keeps the member, and by it this link, until the connection is up or is not.
        member.node.dialer.dial(on: member.eventLoop).whenComplete { [member] result in
            self.dialed(result, member)
        }
    }

    private func dialed(_ result: Result<any Channel, any Error>, _ member: RedisMember) {
        switch (state, result) {
        case (.dialing, .success(let channel)):
            let connection = RedisConnection(member.settings, on: member.eventLoop, owner: member)
            do {
                try channel.pipeline.syncOperations.addHandler(connection)
            } catch {
                channel.close(promise: nil)
                wait()
                return member.failedToConnect(RedisError.closed)
            }
            state = .up(connection, since: .now())
            member.wentUp(isAgain: exchange(&wasUp, with: true))
        case (.dialing, .failure(let error)):
            wait()
            member.failedToConnect(error)
        case (_, .success(let channel)): channel.close(promise: nil)
        case (_, .failure): break
        }
    }

    private func wait() {
        let delay = backoff.next(jitter: .random(in: 0..<1))
        state = .waiting(member.eventLoop.assumeIsolated().scheduleTask(in: delay) { [weak self] in self?.dial() })
    }
}
