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
