package import WeirLedger

/// One worker's counters: plain numbers on its own event loop, summed when somebody asks.
package struct WorkerMetrics: Sendable {
    package internal(set) var connectionsAccepted: UInt64 = 0
    /// Over one of the limits of connections.
    package internal(set) var connectionsRefused: UInt64 = 0
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
    package internal(set) var routes: [RouteMetrics]
    package internal(set) var spending = ModelLedger()

    init(routes: Int) { self.routes = Array(repeating: RouteMetrics(), count: routes) }

    mutating func add(_ other: WorkerMetrics) {
        connectionsAccepted += other.connectionsAccepted
        connectionsRefused += other.connectionsRefused
        acceptPauses += other.acceptPauses
        tunnelsOpened += other.tunnelsOpened
        tunnelsClosed += other.tunnelsClosed
        tunnelBytesIn += other.tunnelBytesIn
        tunnelBytesOut += other.tunnelBytesOut
        requestsRefused += other.requestsRefused
        for index in routes.indices { routes[index].add(other.routes[index]) }
        spending.add(other.spending)
    }
}
