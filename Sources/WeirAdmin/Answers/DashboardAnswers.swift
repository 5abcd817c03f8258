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

/// `cache`: the store, and what it did for whom.
struct CacheAnswer: Encodable, Sendable {
    struct Route: Encodable, Sendable {
        let name: String
        let cacheMode: String
        let lookups: [String: UInt64]
        let cacheHitRate: Double
    }

    let cacheHits: UInt64
    let cacheMisses: UInt64
    let cacheHitRate: Double
    let cache: CacheStatistics
    let flights: FlightStatistics
    let routes: [Route]

    init(_ statistics: Statistics) {
        cacheHits = statistics.cacheHits
        cacheMisses = statistics.cacheMisses
        cacheHitRate = statistics.cacheHitRate
        cache = statistics.cache
        flights = statistics.flights
        routes = statistics.routes.map {
            Route(name: $0.name, cacheMode: $0.cacheMode, lookups: $0.lookups, cacheHitRate: $0.cacheHitRate)
        }
    }
}

/// `circuits`: breakers by upstream.
struct CircuitsAnswer: Encodable, Sendable {
    struct Upstream: Encodable, Sendable {
        let name: String
        let breakers: [BreakerStatistics]
    }

    let upstreams: [Upstream]

    init(_ statistics: Statistics) {
        upstreams = statistics.upstreams.map { Upstream(name: $0.name, breakers: $0.breakers) }
    }
}

/// `pools`: connections by upstream.
struct PoolsAnswer: Encodable, Sendable {
    struct Upstream: Encodable, Sendable {
        let name: String
        let url: String
        let pool: PoolStatistics
    }

    let upstreams: [Upstream]

    init(_ statistics: Statistics) {
        upstreams = statistics.upstreams.map { Upstream(name: $0.name, url: $0.url, pool: $0.pool) }
    }
}

/// `routes`: everything by route.
struct RoutesAnswer: Encodable, Sendable {
    let routes: [RouteStatistics]

    init(_ statistics: Statistics) { routes = statistics.routes }
}
