import Logging
import NIOCore
import WeirCache
import WeirHTTP

/// What belongs to one event loop: scratch space, counters and the connections that live on it. Touched on that loop
/// alone, so it needs no lock.
final class Worker {
    let eventLoop: any EventLoop
    let shared: SharedState
    let keyBuilder = CacheKeyBuilder()
    var requestIDs = RequestIDs()
    var dates = DateCache()
    var metrics: WorkerMetrics
    private(set) var isDraining = false
    private var connections: [ObjectIdentifier: ClientConnection] = [:]
    private var ticking: RepeatedTask?
    private var nextPauseLog = NIODeadline.distantPast

    init(eventLoop: any EventLoop, shared: SharedState) {
        self.eventLoop = eventLoop
        self.shared = shared
        metrics = WorkerMetrics(routes: shared.router.routes.count)
        recently = shared.clocks.monotonic()
    }

    /// The time now, with the cached date brought up to it.
    func now() -> NIODeadline {
        let now = shared.clocks.monotonic()
        recently = now
        dates.refresh(shared.clocks, now: now)
        return now
    }

    /// Brings the cached date up to now.
    func refreshDate() { _ = now() }

    /// The time when it was last looked at: at most a tick ago, good enough for connections' deadlines.
    private(set) var recently: NIODeadline

    // MARK: Connections

    func register(_ connection: ClientConnection) {
        connections[ObjectIdentifier(connection)] = connection
        metrics.connectionsAccepted += 1
    }

    func unregister(_ connection: ClientConnection) { connections[ObjectIdentifier(connection)] = nil }

    var openConnections: Int { connections.count }

    /// Looks at every connection's deadline four times a second: cheaper than a timer each.
    func startTicking() {
        let loopBound = NIOLoopBound(self, eventLoop: eventLoop)
        ticking = eventLoop.scheduleRepeatedTask(initialDelay: .milliseconds(250), delay: .milliseconds(250)) { _ in
            loopBound.value.tick()
        }
    }

    private func tick() {
        let now = now()
        for connection in Array(connections.values) { connection.checkDeadline(now: now) }
    }

    func stopTicking() { ticking?.cancel() }

    /// The system is short of files or memory: closes connections that have waited for a request for a while.
    func closeIdle() {
        let now = now()
        for connection in Array(connections.values) { connection.closeIfIdle(for: .seconds(1), now: now) }
    }

    /// Accepting has stopped for a while. Logged once in ten seconds.
    func notePause(_ shortage: IOError) {
        metrics.acceptPauses += 1
        let now = now()
        guard now >= nextPauseLog else { return }
        nextPauseLog = now + .seconds(10)
        shared.logger.warning("no connection can be accepted for now: \(shortage.description)")
    }

    /// From now on every answer closes its connection, and idle connections are closed.
    func drain() {
        isDraining = true
        for connection in Array(connections.values) { connection.drain() }
    }

    /// Ends what is left, visibly broken where a response was under way.
    func closeAll() {
        for connection in Array(connections.values) { connection.abort() }
    }
}
