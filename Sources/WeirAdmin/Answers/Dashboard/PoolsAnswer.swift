/// `pools`: connections and addresses by upstream.
struct PoolsAnswer: Encodable, Sendable {
    struct Upstream: Encodable, Sendable {
        let name: String
        let url: String
        let pool: PoolStatistics
        let addresses: [AddressStatistics]
    }

    let upstreams: [Upstream]

    init(_ statistics: Statistics) {
        upstreams = statistics.upstreams.map {
            Upstream(name: $0.name, url: $0.url, pool: $0.pool, addresses: $0.addresses)
        }
    }
}
