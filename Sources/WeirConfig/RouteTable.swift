import WeirProxy
import WeirUpstream

/// The routes of a configuration as `weir check` prints them.
package enum RouteTable {
    /// A heading and a line for each route in the file's order, in aligned columns; columns that would be empty are
    /// left out. No line ends in a space; the last ends in a line break.
    ///
    ///     ROUTE                 UPSTREAM  URL                     CACHE    TTL
    ///     /v1/chat/completions  openai    https://api.openai.com  persona  24h, personalised 1h
    ///     /                     app       http://127.0.0.1:3000   http     as answered
    package static func render(_ configuration: Configuration) -> String {
        let routes = configuration.proxy.routes
        let columns: [(heading: String, cells: [String])] = [
            ("ROUTE", routes.map(\.path)),
            ("HOST", routes.map { $0.host ?? "" }),
            ("METHODS", routes.map { $0.methods.joined(separator: ",") }),
            ("UPSTREAM", routes.map(\.upstream)),
            ("URL", routes.map { url(of: $0, configuration.proxy) }),
            ("FALLBACK", routes.map { $0.fallback?.upstream ?? "" }),
            ("SERVICE", routes.map { $0.service?.rawValue ?? "" }),
            ("CACHE", routes.map { $0.cache.mode.rawValue }),
            ("TTL", routes.map { lifetime($0.cache) }),
            ("SCOPE", routes.map { $0.cache.mode == .persona ? $0.cache.scope.rawValue : "" }),
            ("TAGS", routes.map { $0.cache.tags.joined(separator: ",") }),
            ("ON WRITE", routes.map { $0.invalidatesOnWrite.joined(separator: ",") }),
            ("OFF", routes.map { off($0.features) }),
        ]
        return TextTable.render(columns)
    }

    private static func url(of route: RouteSettings, _ proxy: ProxySettings) -> String {
        proxy.upstreams.first { $0.name == route.upstream }?.urls.map(\.description)
            .joined(separator: ", ") ?? ""
    }

    private static func lifetime(_ cache: RouteCacheSettings) -> String {
        let ttl = cache.ttl.map(DurationUnit.format)
        switch cache.mode {
        case .none: return ""
        case .http: return ttl.map { "as answered, else \($0)" } ?? "as answered"
        case .persona:
            guard let personalised = cache.personalisedTTL, personalised != cache.ttl else { return ttl ?? "" }
            return "\(ttl ?? ""), personalised \(DurationUnit.format(personalised))"
        }
    }

    private static func off(_ features: Features) -> String {
        let states = [
            ("cache", features.cache), ("etag", features.etag), ("gzip", features.gzip), ("dedupe", features.dedupe),
            ("breaker", features.breaker), ("batching", features.batching),
        ]
        return states.filter { !$0.1 }.map(\.0).joined(separator: ",")
    }
}
