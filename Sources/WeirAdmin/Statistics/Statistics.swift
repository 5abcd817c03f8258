/// Everything that the admin listener shows, at one moment: encoded it is `/stats`, rendered by ``MetricsPage`` it is
/// `/metrics`. Both come from this one type, so that they cannot disagree.
package struct Statistics: Sendable, Encodable {
    package var version = ""
    package var uptimeSeconds = 0.0
    package var configuration = ConfigurationStatistics()
    package var connections = ConnectionStatistics()
    /// In the order of the configuration; none once they are closed.
    package var listeners: [ListenerStatistics] = []
    package var tunnels = TunnelStatistics()
    package var buffers = BufferStatistics()
    /// Over all routes, those that are in the configuration no more among them; so are the hits and the latency.
    package var requests = RequestStatistics()
    package var cacheHits: UInt64 = 0
    package var cacheMisses: UInt64 = 0
    package var cacheHitRate = 0.0
    package var latency = LatencyDistribution()
    package var cache = CacheStatistics()
    package var flights = FlightStatistics()
    package var warming = WarmStatistics()
    /// In the order of the configuration; so are the upstreams.
    package var routes: [RouteStatistics] = []
    package var upstreams: [UpstreamStatistics] = []
    package var ai = AIStatistics()

    package init() {}
}
