import NIOCore
import WeirCache
import WeirHTTP

/// Whether a stored response may answer a request as it is (RFC 9111 §4).
enum ReuseDecision: Equatable {
    case fresh
    /// Served at once, revalidated behind it (RFC 5861 §3).
    case staleWhileRevalidate
    /// Served stale because the client takes that (`max-stale`).
    case acceptedStale
    /// Asked for again first, conditionally where it has a validator.
    case validate

    static func decide(_ stored: StoredResponse, request: CacheControl, now: NIODeadline) -> ReuseDecision {
        let freshness = stored.freshness
        if freshness.alwaysValidate || request.noCache { return .validate }
        let age = stored.age(at: now)
        if let maxAge = request.maxAge, age > maxAge { return .validate }
        let timeToLive = freshness.lifetime - age
        if timeToLive > 0 { return timeToLive >= request.minFresh ?? 0 ? .fresh : .validate }
        if freshness.mustRevalidate || request.minFresh != nil { return .validate }
        let staleness = -timeToLive
        if let maxStale = request.maxStale, staleness <= maxStale { return .acceptedStale }
        return staleness < freshness.staleWhileRevalidate ? .staleWhileRevalidate : .validate
    }

    /// Whether it may stand in for an upstream that fails (RFC 5861 §4, RFC 9111 §4.2.4).
    /// - Parameter allowed: seconds past its life for which the client takes it: the request's own `stale-if-error`.
    static func mayStandIn(_ stored: StoredResponse, allowed: Int64 = 0, now: NIODeadline) -> Bool {
        let freshness = stored.freshness
        guard freshness.permitsStale else { return false }
        return stored.age(at: now) - freshness.lifetime < max(freshness.staleIfError, allowed)
    }

    /// Statuses of an upstream that fails, in whose place a stale response may stand: those of RFC 5861 §4, and 429, which
    /// is of this moment too. In persona mode the route says what is served for how long, and any failure of the provider
    /// is one.
    static func isFailure(_ status: UInt16, mode: AnswerPolicy.Mode) -> Bool {
        switch mode {
        case .http: [429, 500, 502, 503, 504].contains(status)
        case .persona: status == 429 || status >= 500
        }
    }
}
