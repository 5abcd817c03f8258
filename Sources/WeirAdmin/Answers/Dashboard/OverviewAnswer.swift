/// `overview`: what matters, in short.
struct OverviewAnswer: Encodable, Sendable {
    let version: String
    let uptimeSeconds: Double
    let connections: ConnectionStatistics
    let requests: RequestStatistics
    let cacheHits: UInt64
    let cacheMisses: UInt64
    let cacheHitRate: Double
    let latency: LatencyDistribution
    let flights: FlightStatistics
    /// Circuit breakers that are not closed, as `upstream/service`.
    let openCircuits: [String]

    init(_ statistics: Statistics) {
        version = statistics.version
        uptimeSeconds = statistics.uptimeSeconds
        connections = statistics.connections
        requests = statistics.requests
        cacheHits = statistics.cacheHits
        cacheMisses = statistics.cacheMisses
        cacheHitRate = statistics.cacheHitRate
        latency = statistics.latency
        flights = statistics.flights
        openCircuits = statistics.upstreams.flatMap { upstream in
            upstream.breakers.filter { $0.stateValue != 0 }.map { "\(upstream.name)/\($0.service)" }
        }
    }
}
