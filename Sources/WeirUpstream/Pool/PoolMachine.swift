import NIOCore

/// The connections of one event loop to one address of an upstream.
///
/// A connection is in one of these states:
/// - **connecting**: on its way up, for the call that asked for it. Can transition to leased, closed.
/// - **leased**: carries a call. Can transition to idle, leased (handed to the next call), closed.
/// - **idle**: open and unused, on a stack: the one used last is used next, so that those not needed grow old at the
///   bottom. Can transition to leased, closed.
/// - **closed**: forgotten.
///
/// How many there may be, and which call is next, is for ``CallAdmission`` to say, over all event loops: here is what
/// only this one needs to know. Knows no sockets, no clocks, no event loops: ``DirectLoop`` drives it and does what it
/// says.
struct PoolMachine<Connection: AnyObject>: ~Copyable {
    private struct Idle {
        var connection: Connection
        var expires: NIODeadline
    }

    private let idleTime: TimeAmount
    /// In the order of their being parked, so the next to expire is the first.
    private var idle: [Idle] = []
    private(set) var connectingCount = 0
    private(set) var leasedCount = 0
    private(set) var isDraining = false

    init(idleTime: TimeAmount) { self.idleTime = idleTime }

    var idleCount: Int { idle.count }

    /// No connection is left.
    var isEmpty: Bool { connectingCount + leasedCount + idle.count == 0 }

    // MARK: Connecting

    mutating func connecting() { connectingCount += 1 }

    /// A connection is up, and its call is there to use it. Where the call has gone, the connection is given back.
    mutating func connected() {
        precondition(connectingCount > 0, "Cannot be connected without connecting")
        connectingCount -= 1
        leasedCount += 1
    }

    mutating func connectFailed() {
        precondition(connectingCount > 0, "Cannot fail to connect without connecting")
        connectingCount -= 1
    }

    // MARK: Leased

    /// The idle connection that was used last.
    mutating func lease() -> Connection {
        guard let newest = idle.popLast() else { preconditionFailure("Cannot lease a connection where none is idle") }
        leasedCount += 1
        return newest.connection
    }

    /// A connection's call is over, and no other comes at once.
    mutating func park(_ connection: Connection, now: NIODeadline) {
        discard()
        idle.append(Idle(connection: connection, expires: now + idleTime))
    }

    /// A leased connection is closed.
    mutating func discard() {
        precondition(leasedCount > 0, "Cannot discard a connection that is not leased")
        leasedCount -= 1
    }

    // MARK: Idle

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

    /// - Returns: the idle connections that have lain unused for longest, beyond so many, to be closed. Already forgotten
    ///   here.
    mutating func trimIdle(to count: Int) -> [Connection] {
        let surplus = idle.prefix(max(0, idle.count - count)).map(\.connection)
        idle.removeFirst(surplus.count)
        return surplus
    }

    /// - Returns: the idle connections whose time is over, to be closed. Already forgotten here.
    mutating func expire(now: NIODeadline) -> [Connection] {
        let firstFresh = idle.firstIndex { $0.expires > now } ?? idle.endIndex
        return trimIdle(to: idle.endIndex - firstFresh)
    }

    /// When ``expire(now:)`` is next of use.
    var nextExpiry: NIODeadline? { idle.first?.expires }

    /// Nothing lies idle from here on.
    /// - Returns: the idle connections, to be closed. Already forgotten here.
    mutating func drain() -> [Connection] {
        isDraining = true
        return trimIdle(to: 0)
    }
}
