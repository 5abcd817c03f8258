/// Everything that the admin listener shows, at one moment: encoded it is `/stats`, rendered by ``MetricsPage`` it is
/// `/metrics`. Both come from this one type, so that they cannot disagree.
package struct Statistics: Sendable, Encodable {
    package var version = ""
    package var uptimeSeconds = 0.0
    package var connections = ConnectionStatistics()
    /// Over all routes.
    package var requests = RequestStatistics()
    package var cacheHits: UInt64 = 0
    package var cacheMisses: UInt64 = 0
    package var cacheHitRate = 0.0
    /// Over all routes, as the four above.
    package var latency = LatencyDistribution()
    package var cache = CacheStatistics()
    package var flights = FlightStatistics()
    /// In the order of the configuration; so are the upstreams.
    package var routes: [RouteStatistics] = []
    package var upstreams: [UpstreamStatistics] = []
    package var ai = AIStatistics()

    package init() {}
}

/// Client connections.
package struct ConnectionStatistics: Sendable, Encodable, Equatable {
    package var open = 0
    package var accepted: UInt64 = 0
    /// Turned away at the limit.
    package var refused: UInt64 = 0

    package init() {}
}

/// Requests of all routes.
package struct RequestStatistics: Sendable, Encodable, Equatable {
    /// Finished, on any route.
    package var total: UInt64 = 0
    /// By the first digit of the status, as in `2xx`.
    package var byStatus: [String: UInt64] = [:]
    /// Broken off, or left by their clients; not in `total`.
    package var aborted: UInt64 = 0
    /// Not HTTP, or taken by no route; not in `total`.
    package var refused: UInt64 = 0

    package init() {}
}

/// The store.
package struct CacheStatistics: Sendable, Encodable, Equatable {
    package var entries = 0
    package var bytes = 0
    package var capacityBytes = 0
    package var insertions: UInt64 = 0
    /// By the reason for which an entry left.
    package var evictions: [String: UInt64] = [:]

    package init() {}
}

/// Identical requests that shared one upstream call.
package struct FlightStatistics: Sendable, Encodable, Equatable {
    /// Under way now.
    package var open = 0
    package var leaders: UInt64 = 0
    package var followers: UInt64 = 0
    /// Followers that had to go on alone, as the answer could not be shared; among `followers`.
    package var released: UInt64 = 0
    /// Requests that found a flight full.
    package var full: UInt64 = 0

    package init() {}
}

/// What calls to AI upstreams used.
package struct AIStatistics: Sendable, Encodable, Equatable {
    /// By name.
    package var models: [ModelStatistics] = []

    package init() {}
}

/// Tokens of one model.
package struct ModelStatistics: Sendable, Encodable, Equatable {
    package var model: String
    package var calls: UInt64
    package var promptTokens: UInt64
    /// Those of `promptTokens` that the provider had cached.
    package var cachedPromptTokens: UInt64
    package var completionTokens: UInt64

    package init(
        model: String,
        calls: UInt64,
        promptTokens: UInt64,
        cachedPromptTokens: UInt64,
        completionTokens: UInt64
    ) {
        self.model = model
        self.calls = calls
        self.promptTokens = promptTokens
        self.cachedPromptTokens = cachedPromptTokens
        self.completionTokens = completionTokens
    }
}
