package import WeirLedger

/// One worker's counters: plain numbers on its own event loop, summed when somebody asks.
package struct WorkerMetrics: Sendable {
    package internal(set) var connectionsAccepted: UInt64 = 0
    /// Over one of the limits of connections.
    package internal(set) var connectionsRefused: UInt64 = 0
    package internal(set) var http2Connections: UInt64 = 0
    package internal(set) var http2Streams: UInt64 = 0
    /// HTTP/2 connections that ended because their client broke the protocol, or flooded.
    package internal(set) var http2ConnectionErrors: UInt64 = 0
    /// HTTP/2 connections on which a head, or another frame that means nothing in parts, was not whole in time.
    package internal(set) var http2SlowHeads: UInt64 = 0
    /// Times when accepting stopped, because the system had no file or memory for another connection.
    package internal(set) var acceptPauses: UInt64 = 0
    /// Connections that have switched to another protocol, and those of them that are closed.
    package internal(set) var tunnelsOpened: UInt64 = 0
    package internal(set) var tunnelsClosed: UInt64 = 0
    /// From clients, and to them.
    package internal(set) var tunnelBytesIn: UInt64 = 0
    package internal(set) var tunnelBytesOut: UInt64 = 0
    /// Requests that were not HTTP, or that no route took.
    package internal(set) var requestsRefused: UInt64 = 0
    /// By ``Route/slot``.
    package internal(set) var routes: [RouteMetrics]
    /// Of routes that have been gone for so long that their slots are given up.
    private var forgotten = RouteMetrics()
    package internal(set) var warmed = WarmCounts()
    /// What AI calls have cost, and what was saved.
    package internal(set) var spending = Spending()

    init(routes: Int) { self.routes = Array(repeating: RouteMetrics(), count: routes) }

    /// - Parameters:
    ///   - slots: how many there are from now on; never fewer than before.
    ///   - emptied: those that count from nothing again.
    mutating func rearrange(slots: Int, emptied: [Int]) {
        for slot in emptied where slot < routes.count {
            forgotten.add(routes[slot])
            routes[slot] = RouteMetrics()
        }
        while routes.count < slots { routes.append(RouteMetrics()) }
    }

    /// Everything counted for other routes than those in these slots.
    func sum(except slots: [Int]) -> RouteMetrics {
        var sum = forgotten
        let slots = Set(slots)
        for slot in routes.indices where !slots.contains(slot) { sum.add(routes[slot]) }
        return sum
    }

    mutating func add(_ other: WorkerMetrics) {
        connectionsAccepted += other.connectionsAccepted
        connectionsRefused += other.connectionsRefused
        http2Connections += other.http2Connections
        http2Streams += other.http2Streams
        http2ConnectionErrors += other.http2ConnectionErrors
        http2SlowHeads += other.http2SlowHeads
        acceptPauses += other.acceptPauses
        tunnelsOpened += other.tunnelsOpened
        tunnelsClosed += other.tunnelsClosed
        tunnelBytesIn += other.tunnelBytesIn
        tunnelBytesOut += other.tunnelBytesOut
        requestsRefused += other.requestsRefused
        // A worker that has not taken a new generation yet has fewer.
        rearrange(slots: other.routes.count, emptied: [])
        for slot in other.routes.indices { routes[slot].add(other.routes[slot]) }
        forgotten.add(other.forgotten)
        warmed.add(other.warmed)
        spending.add(other.spending)
    }
}
