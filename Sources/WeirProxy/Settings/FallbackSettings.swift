/// Where a route's requests go when its upstream fails.
package struct FallbackSettings: Sendable, Equatable {
    package enum Credentials: String, Sendable, CaseIterable {
        /// The client's credentials stay here; the other upstream sees what its own `headers` set.
        case drop
        /// Those that the route's own upstream would have seen go to the other one as well.
        case pass
    }

    /// The name of one of the upstreams; another than the route's.
    package var upstream: String
    /// What models are called there, by their names in requests. Where there are any, only requests for one of them go
    /// there.
    package var models: [String: String]
    package var credentials: Credentials

    package init(upstream: String, models: [String: String] = [:], credentials: Credentials = .drop) {
        self.upstream = upstream
        self.models = models
        self.credentials = credentials
    }
}
