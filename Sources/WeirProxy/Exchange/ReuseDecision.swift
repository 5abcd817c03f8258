import NIOCore
import WeirCache
import WeirHTTP

/// Whether a stored response may answer a request as it is (RFC 9111 §4).
enum ReuseDecision: Equatable {
    case fresh
    /// Served as it is, and asked for again behind it: it is used often, and not fresh for much longer.
    case refreshAhead
    /// Served at once, revalidated behind it (RFC 5861 §3).
    case staleWhileRevalidate
    /// Served stale because the client takes that (`max-stale`).
    case acceptedStale
    /// Asked for again first, conditionally where it has a validator.
    case validate

    /// - Parameters:
    ///   - recheck: as ``isDoubtful(_:recheck:now:)`` says.
    ///   - ahead: when what is fresh is asked for again; never where nil.
    ///   - uses: of the stored response since it was fetched or last validated.
    static func decide(
        _ stored: StoredResponse,
        request: CacheControl,
        recheck: TimeAmount?,
        ahead: RefreshAheadSettings? = nil,
        uses: Int = 0,
        now: NIODeadline
    ) -> ReuseDecision {
        let freshness = stored.freshness
        if freshness.alwaysValidate || request.noCache || isDoubtful(stored, recheck: recheck, now: now) {
            return .validate
        }
        let age = stored.age(at: now)
        if let maxAge = request.maxAge, age > maxAge { return .validate }
        let timeToLive = freshness.lifetime - age
        if timeToLive > 0 {
            guard timeToLive >= request.minFresh ?? 0 else { return .validate }
            // Who has terms of his own says nothing of what others will ask for.
            guard let ahead, request.maxAge == nil, request.minFresh == nil, uses >= ahead.hits else { return .fresh }
            return isEnding(stored, share: ahead.left, now: now) ? .refreshAhead : .fresh
        }
        if freshness.mustRevalidate || request.minFresh != nil { return .validate }
        let staleness = -timeToLive
        if let maxStale = request.maxStale, staleness <= maxStale { return .acceptedStale }
        return staleness < freshness.staleWhileRevalidate ? .staleWhileRevalidate : .validate
    }

    /// Whether it may have been purged by others, who cannot be heard: it is not used, fresh or stale, before it is validated.
    /// - Parameter recheck: how long after its last fetch or validation it is trusted nevertheless; nil: all purges are
    ///   heard of.
    static func isDoubtful(_ stored: StoredResponse, recheck: TimeAmount?, now: NIODeadline) -> Bool {
        guard let recheck else { return false }
        return now - stored.receivedAt >= recheck
    }

    /// Whether less than this share of its life is left, counted from when it came: what comes with little life left is
    /// not asked for all the time.
    private static func isEnding(_ stored: StoredResponse, share: Double, now: NIODeadline) -> Bool {
        let life = Double(stored.freshness.lifetime - stored.initialAge)
        let left = life - Double((now - stored.receivedAt).nanoseconds) / 1e9
        return left < life * share
    }

    /// Whether it may stand in for an upstream that fails (RFC 5861 §4, RFC 9111 §4.2.4).
    /// - Parameters:
    ///   - allowed: seconds past its life for which the client takes it: the request's own `stale-if-error`.
    ///   - recheck: as ``isDoubtful(_:recheck:now:)`` says.
    static func mayStandIn(
        _ stored: StoredResponse,
        allowed: Int64 = 0,
        recheck: TimeAmount?,
        now: NIODeadline
    ) -> Bool {
        if isDoubtful(stored, recheck: recheck, now: now) { return false }
        let freshness = stored.freshness
        let staleness = stored.age(at: now) - freshness.lifetime
        // Fresh, and asked for again ahead of its end, or for a client's sake.
        if staleness < 0, !freshness.alwaysValidate { return true }
        return freshness.permitsStale && staleness < max(freshness.staleIfError, allowed)
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
