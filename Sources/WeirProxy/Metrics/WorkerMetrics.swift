package import WeirLedger

/// One worker's counters: plain numbers on its own event loop, summed when somebody asks.
package struct WorkerMetrics: Sendable {
    package internal(set) var connectionsAccepted: UInt64 = 0
    package internal(set) var connectionsRefused: UInt64 = 0
    package internal(set) var http2Connections: UInt64 = 0
    package internal(set) var http2Streams: UInt64 = 0
    /// HTTP/2 connections that ended because their client broke the protocol, or flooded.
    package internal(set) var http2ConnectionErrors: UInt64 = 0
    /// Requests that were not HTTP, or that no route took.
    package internal(set) var requestsRefused: UInt64 = 0
    package internal(set) var routes: [RouteMetrics]
    package internal(set) var spending = ModelLedger()

    init(routes: Int) { self.routes = Array(repeating: RouteMetrics(), count: routes) }

    mutating func add(_ other: WorkerMetrics) {
        connectionsAccepted += other.connectionsAccepted
        connectionsRefused += other.connectionsRefused
        http2Connections += other.http2Connections
        http2Streams += other.http2Streams
        http2ConnectionErrors += other.http2ConnectionErrors
        requestsRefused += other.requestsRefused
        for index in routes.indices { routes[index].add(other.routes[index]) }
        spending.add(other.spending)
    }
}
