import Logging
import NIOCore
import WeirCache
import WeirHTTP

/// What belongs to one event loop: scratch space, counters and the connections that live on it. Touched on that loop
/// alone, so it needs no lock.
final class Worker {
    let eventLoop: any EventLoop
    let shared: SharedState
    /// What requests that begin now go by: this worker's own copy.
    private(set) var generation: Generation
    let keyBuilder = CacheKeyBuilder()
    var requestIDs = RequestIDs()
    var dates = DateCache()
    var metrics: WorkerMetrics
    var popular: PopularKeys
    let turns: Turns
    private var connections: [ObjectIdentifier: any ServedConnection] = [:]
    /// Who waits for the head of somebody else's call, and has to be looked at.
    private var followers: [WeakExchange] = []
    private var ticking: RepeatedTask?
    private var nextPauseLog = NIODeadline.distantPast

    /// - Parameter slots: how many routes are counted.
    init(eventLoop: any EventLoop, shared: SharedState, generation: Generation, slots: Int) {
        self.eventLoop = eventLoop
        turns = Turns(eventLoop: eventLoop)
        self.shared = shared
        self.generation = generation.forOneWorker()
        metrics = WorkerMetrics(routes: slots)
        popular = PopularKeys(generation.settings.popular, share: generation.settings.workers)
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

    func register(_ connection: any ServedConnection) { connections[ObjectIdentifier(connection)] = connection }

    func unregister(_ connection: any ServedConnection) { connections[ObjectIdentifier(connection)] = nil }

    var openConnections: Int { connections.count }

    /// Looks at every connection's deadline, and at a part of the store, four times a second: cheaper than a timer each.
    func startTicking() {
        let loopBound = NIOLoopBound(self, eventLoop: eventLoop)
        ticking = eventLoop.scheduleRepeatedTask(initialDelay: .milliseconds(250), delay: .milliseconds(250)) { _ in
            loopBound.value.tick()
        }
    }

    private func tick() {
        let now = now()
        for connection in Array(connections.values) { connection.checkDeadline(now: now) }
        checkFollowers(now: now)
        shared.store.sweep(now: now)
    }

    /// It is asked at every tick whether it keeps following.
    func watch(_ follower: Exchange) { followers.append(WeakExchange(follower)) }

    private func checkFollowers(now: NIODeadline) {
        for follower in exchange(&followers, with: []) where follower.exchange?.keepsFollowing(now: now) == true {
            followers.append(follower)
        }
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

    // MARK: Reloading and draining

    /// What begins from now on goes by another generation.
    /// - Parameters:
    ///   - slots: how many routes are counted.
    ///   - emptied: slots that begin anew; what they counted is added to the rest.
    func adopt(_ generation: Generation, slots: Int, emptied: [Int]) {
        self.generation = generation.forOneWorker()
        metrics.rearrange(slots: slots, emptied: emptied)
        let settings = generation.settings
        if settings.popular != popular.settings {
            popular = PopularKeys(settings.popular, share: settings.workers)
        }
        for connection in Array(connections.values) { connection.adoptLimits() }
    }

    /// Every answer on a connection whose listener is closed closes it, and idle ones are closed: see
    /// ``ServedConnection/drain(now:)``.
    func drainClosedListeners() {
        let now = now()
        for connection in Array(connections.values) where connection.listener.isClosed { connection.drain(now: now) }
    }

    /// The time for draining is over: ends what is left, visibly broken where a response was under way.
    func endAll() {
        for connection in Array(connections.values) { connection.endNow() }
    }

    func closeAll() {
        for connection in Array(connections.values) { connection.abort() }
    }
}
