/// How the cache served a request: one name in code, metrics, stats and docs.
package enum CacheOutcome: String, Sendable, CaseIterable {
    /// Answered from a fresh stored response.
    case hit
    /// Answered from a stale one: while it is revalidated, or because the upstream failed.
    case stale
    /// Answered from a stored one after the upstream said 304.
    case revalidated
    /// Fetched from the upstream.
    case miss
    /// Fetched once for several requests; this one was not the first.
    case collapsed
    /// Not looked up: the route, the method or the request itself goes past the cache.
    case bypass

    /// Answered without a call of its own.
    var savesCall: Bool {
        switch self {
        case .hit, .stale, .collapsed: true
        case .revalidated, .miss, .bypass: false
        }
    }

    package var isHit: Bool {
        switch self {
        case .hit, .stale, .revalidated: true
        case .miss, .collapsed, .bypass: false
        }
    }
}
