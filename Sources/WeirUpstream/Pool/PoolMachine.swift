import NIOCore

/// The connections of one event loop to one upstream, and the calls that wait for one.
///
/// A connection is in one of these states:
/// - **connecting**: on its way up, for the call that asked for it. Can transition to leased, idle, closed.
/// - **leased**: carries a call. Can transition to idle, leased (handed to the next call), connecting (replaced), closed.
/// - **idle**: open and unused, on a stack: the one used last is used next, so that those not needed grow old at the
///   bottom. Can transition to leased, closed.
/// - **closed**: forgotten; its place is free.
///
/// Calls wait only while all places are taken, in a ``WaitingQueue``, each up to its own deadline. So nobody waits while a
/// connection is idle.
///
/// Knows no sockets, no clocks, no event loops: ``DirectLoop`` drives it and does what it says. It never forgets a
/// place: each one taken by ``lease(for:until:)`` or a ``Next/connect(for:)`` comes back through exactly one of
/// ``connectFailed()``, ``release(_:now:)`` and ``discard()``.
struct PoolMachine<Connection: AnyObject, Waiter: AnyObject>: ~Copyable {
    /// What to do for a call that wants a connection.
    enum Lease {
        case use(Connection)
        /// Open one for this call.
        case connect
        /// Wait; the machine hands it a connection, or gives it back from ``expire(now:)``.
        case wait
        /// Wait, in the place of this one, which is to be refused.
        case waitDisplacing(Waiter)
        /// The queue is full of others that do not go behind it.
        case refuseBusy
        case refuseDraining
    }

    /// What to do with a connection whose call is over.
    enum Release {
        case park
        case handOver(to: Waiter)
        case close
    }

    /// What to do with a place that has become free.
    enum Next {
        case nothing
        /// Open a connection for this call; it has left the queue.
        case connect(for: Waiter)
    }

    struct Expiry {
        /// Idle for too long: close them. Already forgotten here.
        var connections: [Connection] = []
        /// Waited for too long: fail them. Already forgotten here.
        var waiters: [Waiter] = []
        /// When to look again; nil where there is nothing to expire.
        var next: NIODeadline?
    }

    private struct Idle {
        var connection: Connection
        var expires: NIODeadline
    }

    private let maxConnections: Int
    private let idleTime: TimeAmount
    /// In the order of their being parked, so the next to expire is the first.
    private var idle: [Idle] = []
    private var pending: WaitingQueue<Waiter>
    private(set) var connectingCount = 0
    private(set) var leasedCount = 0
    private var isDraining = false

    /// - Parameters:
    ///   - maxConnections: at least 1.
    ///   - maxPending: 0 refuses every call that would have to wait.
    init(maxConnections: Int, maxPending: Int, idleTime: TimeAmount) {
        precondition(maxConnections > 0, "Cannot have a pool of no connections")
        self.maxConnections = maxConnections
        pending = WaitingQueue(bound: maxPending)
        self.idleTime = idleTime
    }

    var idleCount: Int { idle.count }
    var pendingCount: Int { pending.count }

    /// Draining, and the last call is gone.
    var isDrained: Bool { isDraining && leasedCount + connectingCount + pending.count + idle.count == 0 }

    // MARK: Calls

    /// - Parameter until: how long the call may wait.
    mutating func lease(for waiter: Waiter, _ priority: CallPriority = .standard, until: NIODeadline) -> Lease {
        if isDraining { return .refuseDraining }
        if let newest = idle.popLast() {
            leasedCount += 1
            return .use(newest.connection)
        }
        if connectingCount + leasedCount < maxConnections {
            connectingCount += 1
            return .connect
        }
        return switch pending.arrive(waiter, priority, until: until) {
        case .waits: .wait
        case .displaces(let other): .waitDisplacing(other)
        case .refused: .refuseBusy
        }
    }

    /// A waiting call does not want a connection any more.
    mutating func withdraw(_ waiter: Waiter) {
        guard pending.remove(waiter) else { preconditionFailure("Cannot withdraw a call that does not wait") }
    }

    // MARK: Connections

    /// A connection is up, and its call is there to use it. Where the call has gone, ``release(_:now:)`` follows.
    mutating func connected() {
        precondition(connectingCount > 0, "Cannot be connected without connecting")
        connectingCount -= 1
        leasedCount += 1
    }

    mutating func connectFailed() -> Next {
        precondition(connectingCount > 0, "Cannot fail to connect without connecting")
        connectingCount -= 1
        return serveNext()
    }

    /// A connection's call is over, and the connection is good for another.
    mutating func release(_ connection: Connection, now: NIODeadline) -> Release {
        precondition(leasedCount > 0, "Cannot release a connection that is not leased")
        if let next = pending.popFirst() { return .handOver(to: next) }
        leasedCount -= 1
        if isDraining { return .close }
        idle.append(Idle(connection: connection, expires: now + idleTime))
        return .park
    }

    /// A leased connection is closed.
    mutating func discard() -> Next {
        precondition(leasedCount > 0, "Cannot discard a connection that is not leased")
        leasedCount -= 1
        return serveNext()
    }

    /// A leased connection is closed, and its call opens another in its place.
    mutating func replace() {
        precondition(leasedCount > 0, "Cannot replace a connection that is not leased")
        leasedCount -= 1
        connectingCount += 1
    }

    /// An idle connection is closed, by the peer or because it sent what nobody had asked for.
    mutating func idleClosed(_ connection: Connection) {
        guard let index = idle.lastIndex(where: { $0.connection === connection }) else {
            preconditionFailure("Cannot close an idle connection that is not in the pool")
        }
        idle.remove(at: index)
    }

    /// - Returns: the idle connections that are not wanted any more, to be closed. Already forgotten here.
    mutating func removeIdle(where isUnwanted: (Connection) -> Bool) -> [Connection] {
        let unwanted = idle.map(\.connection).filter(isUnwanted)
        idle.removeAll { isUnwanted($0.connection) }
        return unwanted
    }

    private mutating func serveNext() -> Next {
        guard let next = pending.popFirst() else { return .nothing }
        connectingCount += 1
        return .connect(for: next)
    }

    // MARK: Time and end

    mutating func expire(now: NIODeadline) -> Expiry {
        var expiry = Expiry()
        let firstFresh = idle.firstIndex { $0.expires > now } ?? idle.endIndex
        if firstFresh > 0 {
            expiry.connections = idle[..<firstFresh].map(\.connection)
            idle.removeFirst(firstFresh)
        }
        expiry.waiters = pending.expire(now: now)
        expiry.next = nextExpiry
        return expiry
    }

    /// When ``expire(now:)`` is next of use.
    var nextExpiry: NIODeadline? {
        guard let waiting = pending.nextDeadline else { return idle.first?.expires }
        return min(waiting, idle.first?.expires ?? waiting)
    }

    /// Refuses new calls from here on; those under way and waiting go on.
    /// - Returns: the idle connections, to be closed. Already forgotten here.
    mutating func drain() -> [Connection] {
        isDraining = true
        defer { idle = [] }
        return idle.map(\.connection)
    }

    /// Draining is over: those that still wait, to be failed. Already forgotten here.
    mutating func abandonPending() -> [Waiter] {
        pending.removeAll()
    }
}
