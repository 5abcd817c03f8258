/// One route's requests.
package struct RouteStatistics: Sendable, Encodable {
    /// Methods, host and path, as the configuration has them.
    package var name: String
    package var upstream: String
    /// `none`, `http` or `persona`.
    package var cacheMode: String
    package var requests: UInt64 = 0
    /// By the first digit of the status, as in `2xx`.
    package var byStatus: [String: UInt64] = [:]
    package var aborted: UInt64 = 0
    package var responseBytes: UInt64 = 0
    /// By outcome, as in `Cache-Status` and the metrics.
    package var lookups: [String: UInt64] = [:]
    /// Upstream calls behind hits, by their reason.
    package var refreshes: [String: UInt64] = [:]
    /// Upstream calls not made for want of an allowance, by their reason.
    package var refusals: [String: UInt64] = [:]
    /// Items of requests for several, by where they came from.
    package var items: [String: UInt64] = [:]
    package var batches = BatchStatistics()
    /// What prompts were shortened by, about.
    package var promptTokensSaved: UInt64 = 0
    package var cacheHits: UInt64 = 0
    package var cacheMisses: UInt64 = 0
    package var cacheHitRate = 0.0
    package var latency = LatencyDistribution()

    package init(name: String, upstream: String, cacheMode: String) {
        self.name = name
        self.upstream = upstream
        self.cacheMode = cacheMode
    }
}
