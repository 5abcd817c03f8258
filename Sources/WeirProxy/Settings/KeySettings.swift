/// A route's `cache.key`: what of a request tells answers apart, in `mode: http` besides upstream, scheme, host, path and
/// what `Vary` names; ``PersonaKey`` has ``headers`` alone.
package struct KeySettings: Sendable, Equatable {
    package enum Query: Sendable, Equatable {
        case all
        case none
        /// Parameters of these names, byte for byte as they are spelt.
        case only([String])
    }

    package var query: Query
    /// Whether parameters count in the order of their names: `b=2&a=1` is `a=1&b=2`.
    package var sortsQuery: Bool
    /// Fields whose values are in the key.
    package var headers: [String]
    /// Cookies whose values are in the key.
    package var cookies: [String]

    package init(query: Query = .all, sortsQuery: Bool = false, headers: [String] = [], cookies: [String] = []) {
        self.query = query
        self.sortsQuery = sortsQuery
        self.headers = headers
        self.cookies = cookies
    }

    /// Whether one URL may have several keys.
    package var tellsClientsApart: Bool { !headers.isEmpty || !cookies.isEmpty }
}
