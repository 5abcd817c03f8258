/// `routes`: everything by route.
struct RoutesAnswer: Encodable, Sendable {
    let routes: [RouteStatistics]

    init(_ statistics: Statistics) { routes = statistics.routes }
}
