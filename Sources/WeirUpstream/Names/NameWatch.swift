import NIOCore
import NIOPosix
import Synchronization

/// Keeps one name resolved, from ``start()`` to ``stop()``, for every thread to read: a ``NameMachine`` behind a lock,
/// a resolver, and a timer on one of NIO's own event loops.
final class NameWatch: Sendable {
    private struct State {
        var machine: NameMachine
        /// Those that came before the first answer.
        var waiters: [EventLoopPromise<[SocketAddress]>] = []
        var timer: Scheduled<Void>?
        var isStopped = false
        /// When the name last came to mean something altogether different.
        var movedAt: NIODeadline?
        /// So that connections are spread over several addresses.
        var turn = 0
    }

    /// After this nobody waits for a lookup any more.
    private static let patience = TimeAmount.seconds(5)

    private let host: String
    private let port: Int
    private let resolver: any NameResolver
    private let eventLoop: any EventLoop
    private let state: Mutex<State>
    private let changes = Atomic<Int>(0)

    init(_ url: UpstreamURL, settings: DNSSettings, resolver: any NameResolver) {
        host = url.host
        port = url.port
        self.resolver = resolver
        eventLoop = MultiThreadedEventLoopGroup.singleton.next()
        state = Mutex(State(machine: NameMachine(settings: settings)))
    }

    /// Nil for a host that is an address: there is nothing to watch.
    static func ifNamed(_ settings: UpstreamSettings, resolver: any NameResolver) -> NameWatch? {
        guard (try? SocketAddress(ipAddress: settings.url.host, port: settings.url.port)) == nil else { return nil }
        return NameWatch(settings.url, settings: settings.dns, resolver: resolver)
    }

    // MARK: Reading

    /// Grows with every change of the addresses.
    var version: Int { changes.load(ordering: .acquiring) }

    /// What the name means now; empty where that is not known.
    var addresses: [SocketAddress] {
        state.withLock { state in
            guard case .addresses(let addresses) = state.machine.answer(now: .now()) else { return [] }
            return addresses
        }
    }

    /// When the name last came to mean something altogether different.
    var movedAt: NIODeadline? { state.withLock { $0.movedAt } }

    /// The addresses for one connection, each time beginning with another of them. Waits for the first lookup, but not
    /// forever. Fails with ``NameError``.
    func addresses(on eventLoop: any EventLoop) -> EventLoopFuture<[SocketAddress]> {
        let promise = eventLoop.makePromise(of: [SocketAddress].self)
        let answer = state.withLock { state -> NameMachine.Answer in
            if state.isStopped { return .failed(NameError("Weir is stopping")) }
            let answer = state.machine.answer(now: .now())
            switch answer {
            case .unknown:
                state.waiters.append(promise)
                return answer
            case .failed: return answer
            case .addresses(let addresses):
                state.turn = (state.turn + 1) % addresses.count
                return .addresses(Array(addresses[state.turn...] + addresses[..<state.turn]))
            }
        }
        switch answer {
        case .unknown: break
        case .addresses(let addresses): promise.succeed(addresses)
        case .failed(let error): promise.fail(error)
        }
        return promise.futureResult
    }

    // MARK: Looking up

    func start() {
        let isStopped = state.withLock { state in
            state.machine.begun()
            return state.isStopped
        }
        guard !isStopped else { return }
        schedule(after: Self.patience) { $0.overdue() }
        resolver.resolve(host, port: port) { [weak self] in self?.finished($0) }
    }

    func stop() {
        let waiters = state.withLock { state in
            state.isStopped = true
            state.timer?.cancel()
            return exchange(&state.waiters, with: [])
        }
        for waiter in waiters { waiter.fail(NameError("Weir is stopping")) }
    }

    private func finished(_ result: Result<[SocketAddress], NameError>) {
        let pause = state.withLock { state in
            switch result {
            case .success(let addresses): note(state.machine.succeeded(addresses, now: .now()), &state)
            case .failure(let error): state.machine.failed(error)
            }
            return state.machine.pause
        }
        answerWaiters()
        schedule(after: pause) { $0.start() }
    }

    private func overdue() {
        state.withLock { $0.machine.overdue() }
        answerWaiters()
    }

    private func note(_ change: NameMachine.Change, _ state: inout State) {
        if change == .all { state.movedAt = .now() }
        if change != .none { changes.add(1, ordering: .releasing) }
    }

    private func answerWaiters() {
        let (waiters, answer) = state.withLock { state in
            (exchange(&state.waiters, with: []), state.machine.answer(now: .now()))
        }
        for waiter in waiters {
            switch answer {
            case .addresses(let addresses): waiter.succeed(addresses)
            case .failed(let error): waiter.fail(error)
            case .unknown: preconditionFailure("Cannot know nothing after a lookup")
            }
        }
    }

    /// Weak: whoever drops a watch without stopping it ends it too.
    private func schedule(after pause: TimeAmount, _ action: @escaping @Sendable (NameWatch) -> Void) {
        let timer = eventLoop.scheduleTask(in: pause) { [weak self] in
            if let self { action(self) }
        }
        let isStopped = state.withLock { state in
            exchange(&state.timer, with: timer)?.cancel()
            return state.isStopped
        }
        if isStopped { timer.cancel() }
    }
}
