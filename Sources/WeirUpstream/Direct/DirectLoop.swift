import NIOCore
import NIOPosix

/// A ``DirectTransport``'s part on one event loop: its pool, and the opening of connections.
final class DirectLoop {
    let eventLoop: any EventLoop
    /// Where requests are put into bytes, one after the other.
    var scratch = ByteBuffer()

    private let settings: UpstreamSettings
    private let destination: DirectDestination
    /// The ``NameWatch/version`` that the connections are known to fit.
    private var namesVersion = 0
    private let gauges: LoopGauges
    private var pool: PoolMachine<DirectConnection, DirectCall>
    /// Every connection that is up and not given up.
    private var connections: [ObjectIdentifier: DirectConnection] = [:]
    private var timer: Scheduled<Void>?
    private var timerAt = NIODeadline.distantFuture
    private var drained: EventLoopPromise<Void>?
    private var isAborted = false

    init(
        eventLoop: any EventLoop,
        settings: UpstreamSettings,
        maxConnections: Int,
        maxPending: Int,
        gauges: LoopGauges,
        destination: DirectDestination
    ) {
        self.eventLoop = eventLoop
        self.settings = settings
        self.gauges = gauges
        self.destination = destination
        pool = PoolMachine(
            maxConnections: maxConnections,
            maxPending: maxPending,
            idleTime: settings.pool.idle
        )
    }

    // MARK: Calls

    func start(_ request: UpstreamRequest, handler: any UpstreamResponseHandler) -> DirectCall {
        leaveOldAddresses()
        let now = NIODeadline.now()
        let call = DirectCall(request, handler: handler, loop: self, now: now)
        let patience = min(now + settings.pool.pendingWait, call.totalDeadline)
        switch pool.lease(for: call, request.priority, until: patience) {
        case .use(let connection): begin(call, on: connection, now: now)
        case .connect: connect(for: call)
        case .wait:
            call.state = .waiting
            arm(patience)
        case .waitDisplacing(let other):
            call.state = .waiting
            arm(patience)
            other.failSoon(.busy)
        case .refuseBusy: call.failSoon(.busy)
        case .refuseDraining: call.failSoon(.draining)
        }
        updateGauges()
        return call
    }

    /// What asks for it gets a new connection in place of a used one, and so does what offers to switch protocols: it
    /// may not be sent twice, should the peer have given up the used one, and a switch would take that from the pool for
    /// good.
    private func begin(_ call: DirectCall, on connection: DirectConnection, now: NIODeadline) {
        guard call.request.upgrade != nil || call.request.needsNewConnection else {
            return connection.begin(call, now: now)
        }
        connection.closeForgotten()
        replace(connection, for: call)
    }

    /// A call in the queue is cancelled.
    func withdraw(_ call: DirectCall) {
        pool.withdraw(call)
        updateGauges()
    }

    // MARK: Connections

    /// A connection's call is over, and the connection can be used again.
    func released(_ connection: DirectConnection, now: NIODeadline) {
        leaveOldAddresses()
        guard !connection.isOutdated, destination.keepsConnections else {
            connection.closeForgotten()
            return discarded(connection)
        }
        switch pool.release(connection, now: now) {
        case .park: arm(now + settings.pool.idle)
        case .handOver(to: let call): begin(call, on: connection, now: now)
        case .close:
            connections[ObjectIdentifier(connection)] = nil
            connection.closeForgotten()
        }
        updateGauges()
    }

    /// A leased connection is given up.
    func discarded(_ connection: DirectConnection) {
        connections[ObjectIdentifier(connection)] = nil
        serve(pool.discard())
    }

    func idleClosed(_ connection: DirectConnection) {
        connections[ObjectIdentifier(connection)] = nil
        pool.idleClosed(connection)
        updateGauges()
    }

    /// An idle connection turned out to be dead, and its call takes a new one.
    func replace(_ connection: DirectConnection, for call: DirectCall) {
        connections[ObjectIdentifier(connection)] = nil
        pool.replace()
        connect(for: call)
        updateGauges()
    }

    private func serve(_ next: PoolMachine<DirectConnection, DirectCall>.Next) {
        if case .connect(for: let call) = next { connect(for: call) }
        updateGauges()
    }

    private func connect(for call: DirectCall) {
        call.state = .connecting
        let left = call.totalDeadline - .now()
        let patience = max(min(call.request.timeouts.connect, left), .milliseconds(1))
        let bootstrap = ClientBootstrap(group: eventLoop)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(DirectConnection())
                }
            }
        let channel = destination.connect(
            bootstrap,
            within: patience,
            for: call,
            on: eventLoop
        )
        channel.assumeIsolated().whenComplete { self.connected($0, for: call) }
    }

    private func connected(_ result: Result<any Channel, any Error>, for call: DirectCall) {
        do {
            let connection = try result.get().pipeline.syncOperations.handler(type: DirectConnection.self)
            guard connection.isUsable else { throw ChannelError.alreadyClosed }
            connection.attach(to: self)
            connections[ObjectIdentifier(connection)] = connection
            pool.connected()
            if isAborted, case .connecting = call.state { call.failSoon(.draining) }
            if case .connecting = call.state {
                connection.begin(call, now: .now())
                updateGauges()
            } else {
                released(connection, now: .now())
            }
        } catch {
            if case .connecting = call.state { call.failSoon(connectFailure(error, for: call)) }
            serve(pool.connectFailed())
        }
    }

    private func connectFailure(_ error: any Error, for call: DirectCall) -> UpstreamError {
        let failure = ConnectFailure.upstreamError(error, authority: settings.url.authority)
        return failure == .connectTimeout && call.totalDeadline <= .now() ? .totalTimeout : failure
    }

    // MARK: Names

    /// Connections to addresses that the name does not have any more carry no further calls: they are closed, at once
    /// or when their call is over.
    private func leaveOldAddresses() {
        guard let names = destination.names, names.version != namesVersion else { return }
        namesVersion = names.version
        let addresses = names.addresses
        for connection in connections.values {
            connection.isOutdated = !DirectLoop.isCurrent(connection, addresses)
        }
        for connection in pool.removeIdle(where: \.isOutdated) { forget(connection) }
        updateGauges()
    }

    /// - Parameter addresses: of the name; none where they are not known.
    private static func isCurrent(_ connection: DirectConnection, _ addresses: [SocketAddress]) -> Bool {
        guard let address = connection.context?.remoteAddress else { return true }
        return addresses.isEmpty || addresses.contains(address)
    }

    // MARK: Time

    private func arm(_ deadline: NIODeadline) {
        guard deadline < timerAt else { return }
        timer?.cancel()
        timerAt = deadline
        timer = eventLoop.assumeIsolated().scheduleTask(deadline: deadline) { self.timerFired() }
    }

    private func timerFired() {
        timer = nil
        timerAt = .distantFuture
        let now = NIODeadline.now()
        let expiry = pool.expire(now: now)
        if let next = expiry.next { arm(next) }
        for connection in expiry.connections { forget(connection) }
        for call in expiry.waiters {
            call.failSoon(call.totalDeadline <= now ? .totalTimeout : .busy)
        }
        updateGauges()
    }

    private func forget(_ connection: DirectConnection) {
        connections[ObjectIdentifier(connection)] = nil
        connection.closeForgotten()
    }

    // MARK: The end

    /// Closes idle connections, lets calls under way finish, refuses new ones.
    /// - Parameter drained: kept once the last call is over.
    func drain(_ drained: EventLoopPromise<Void>) {
        for connection in pool.drain() { forget(connection) }
        if let earlier = self.drained { earlier.futureResult.cascade(to: drained) } else { self.drained = drained }
        updateGauges()
    }

    /// Ends what is still under way; a call whose connection is on its way up ends when that is.
    func abort() {
        isAborted = true
        for connection in pool.drain() { forget(connection) }
        for call in pool.abandonPending() { call.failSoon(.draining) }
        for connection in Array(connections.values) { connection.abort() }
        updateGauges()
    }

    private func updateGauges() {
        gauges.store(
            active: pool.leasedCount + pool.connectingCount,
            idle: pool.idleCount,
            pending: pool.pendingCount
        )
        if let drained, pool.isDrained {
            timer?.cancel()
            drained.succeed()
        }
    }
}
