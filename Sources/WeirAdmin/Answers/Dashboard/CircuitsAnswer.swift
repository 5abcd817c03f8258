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
