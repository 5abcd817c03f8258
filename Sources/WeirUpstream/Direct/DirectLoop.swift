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
    private let succession: PoolSuccession
    /// From the first call to the end of draining.
    private var seat: PoolSeat?
    private var pool: PoolMachine<DirectConnection>
    /// Calls that wait for a place or, where they have ended meanwhile, have not been heard of since.
    private var waiting: [ObjectIdentifier: DirectCall] = [:]
    /// Every connection that is up and not given up.
    private var connections: [ObjectIdentifier: DirectConnection] = [:]
    private var timer: Scheduled<Void>?
    private var timerAt = NIODeadline.distantFuture
    private var drained: EventLoopPromise<Void>?
    private var isAborted = false

    init(
        eventLoop: any EventLoop,
        settings: UpstreamSettings,
        succession: PoolSuccession,
        destination: DirectDestination
    ) {
        self.eventLoop = eventLoop
        self.settings = settings
        self.succession = succession
        self.destination = destination
        pool = PoolMachine(idleTime: settings.pool.idle)
    }

    // MARK: Calls

    func start(_ request: UpstreamRequest, handler: any UpstreamResponseHandler) -> DirectCall {
        let now = NIODeadline.now()
        let call = DirectCall(request, handler: handler, loop: self, now: now)
        guard !pool.isDraining else {
            call.failSoon(.draining)
            return call
        }
        leaveOldAddresses()
        let patience = min(now + settings.pool.pendingWait, call.totalDeadline)
        switch taken().enter(request.priority, now: now, until: patience) {
        case .useIdle: begin(call, on: pool.lease(), now: now)
        case .connect: connect(for: call)
        case .wait(let ticket):
            call.state = .waiting(ticket)
            waiting[ObjectIdentifier(ticket)] = call
            arm(patience)
        case .refuse: call.failSoon(.busy)
        }
        return call
    }

    private func taken() -> PoolSeat {
        if let seat { return seat }
        let seat = succession.pool.join(DirectMember(self))
        self.seat = seat
        return seat
    }

    /// A waiting call is cancelled. Where it has been given a place just now, that is given back when it arrives.
    func withdraw(_ ticket: QueueTicket) {
        if taken().withdraw(ticket) { waiting[ObjectIdentifier(ticket)] = nil }
        endIfDrained()
    }

    /// A call that waited has a place.
    func granted(_ ticket: QueueTicket) {
        guard let call = waiting.removeValue(forKey: ObjectIdentifier(ticket)) else {
            preconditionFailure("Cannot grant a place to a call that does not wait")
        }
        guard case .waiting = call.state else { return giveBackPlace() }
        if isAborted {
            giveBackPlace()
            call.finish()?.failed(.draining)
        } else if taken().takeIdle() {
            begin(call, on: pool.lease(), now: .now())
        } else {
            connect(for: call)
        }
    }

    /// A call that waited has no place, and will not get one.
    func refused(_ ticket: QueueTicket) {
        guard let call = waiting.removeValue(forKey: ObjectIdentifier(ticket)) else {
            preconditionFailure("Cannot refuse a place to a call that does not wait")
        }
        if case .waiting = call.state { call.finish()?.failed(call.totalDeadline <= .now() ? .totalTimeout : .busy) }
        endIfDrained()
    }

    /// A place without a connection is not needed: that of a connection that is closed, or never came about.
    private func giveBackPlace() {
        switch taken().depart(parks: false) {
        case .handOver(to: let ticket): connect(for: handedOver(ticket))
        case .grant(to: let ticket): ticket.grant()
        case .close, .park: break
        }
        endIfDrained()
    }

    private func handedOver(_ ticket: QueueTicket) -> DirectCall {
        guard let call = waiting.removeValue(forKey: ObjectIdentifier(ticket)) else {
            preconditionFailure("Cannot hand over to a call that does not wait")
        }
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

    // MARK: Connections

    /// A connection's call is over, and the connection can be used again.
    func released(_ connection: DirectConnection, now: NIODeadline) {
        leaveOldAddresses()
        guard !connection.isOutdated, destination.keepsConnections else {
            connection.closeForgotten()
            return discarded(connection)
        }
        switch taken().depart(parks: !pool.isDraining) {
        case .park:
            pool.park(connection, now: now)
            arm(now + settings.pool.idle)
        case .handOver(to: let ticket):
            begin(handedOver(ticket), on: connection, now: now)
        case .close:
            pool.discard()
            forget(connection)
        case .grant(to: let ticket):
            pool.discard()
            giveUp(connection)
            ticket.grant()
        }
        endIfDrained()
    }

    /// A leased connection is given up.
    func discarded(_ connection: DirectConnection) {
        connections[ObjectIdentifier(connection)] = nil
        pool.discard()
        giveBackPlace()
    }

    func idleClosed(_ connection: DirectConnection) {
        connections[ObjectIdentifier(connection)] = nil
        pool.idleClosed(connection)
        taken().settle(idle: pool.idleCount)
    }

    /// An idle connection turned out to be dead, and its call takes a new one.
    func replace(_ connection: DirectConnection, for call: DirectCall) {
        connections[ObjectIdentifier(connection)] = nil
        pool.discard()
        connect(for: call)
    }

    /// Others need the places of idle connections.
    func closeSurplus() {
        guard let seat, pool.idleCount > 0 else { return }
        for connection in pool.trimIdle(to: seat.idle) { giveUp(connection) }
    }

    private func giveUp(_ connection: DirectConnection) {
        connections[ObjectIdentifier(connection)] = nil
        connection.resetForgotten()
    }

    private func connect(for call: DirectCall) {
        call.state = .connecting
        pool.connecting()
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
            } else {
                released(connection, now: .now())
            }
        } catch {
            if case .connecting = call.state { call.failSoon(connectFailure(error, for: call)) }
            pool.connectFailed()
            giveBackPlace()
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
        let outdated = pool.removeIdle(where: \.isOutdated)
        for connection in outdated { forget(connection) }
        if !outdated.isEmpty { taken().settle(idle: pool.idleCount) }
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
        let expired = pool.expire(now: now)
        for connection in expired { forget(connection) }
        if !expired.isEmpty { taken().settle(idle: pool.idleCount) }
        if let next = pool.nextExpiry { arm(next) }
        if !waiting.isEmpty, let next = taken().pool.expire(now: now) { arm(next) }
    }

    private func forget(_ connection: DirectConnection) {
        connections[ObjectIdentifier(connection)] = nil
        connection.closeForgotten()
    }

    // MARK: The end

    /// Closes idle connections, lets calls under way finish, refuses new ones.
    /// - Parameter drained: kept once the last call is over.
    func drain(_ drained: EventLoopPromise<Void>) {
        closeIdle()
        if let earlier = self.drained { earlier.futureResult.cascade(to: drained) } else { self.drained = drained }
        endIfDrained()
    }

    /// Ends what is still under way; a call whose connection is on its way up ends when that is, and one that has just
    /// been given a place when it hears of it.
    func abort() {
        isAborted = true
        closeIdle()
        for ticket in seat?.removeWaiting() ?? [] { handedOver(ticket).failSoon(.draining) }
        for connection in Array(connections.values) { connection.abort() }
        endIfDrained()
    }

    private func closeIdle() {
        for connection in pool.drain() { forget(connection) }
        seat?.settle(idle: 0)
    }

    private func endIfDrained() {
        guard let drained, pool.isDraining, pool.isEmpty, waiting.isEmpty else { return }
        timer?.cancel()
        seat?.leave()
        seat = nil
        drained.succeed()
    }
}
