import NIOCore
import WeirCache
import WeirHTTP
import WeirUpstream

extension Exchange {
    func lookUp() -> Step {
        let directives = directives
        if directives.noStore, !directives.onlyIfCached { return bypass(.request, detail: "no-store") }
        let key = self.key ?? makeKey()
        self.key = key
        switch shared.store.lookup(key, request: head.fields, now: worker.recently) {
        case .hit(let stored): return use(stored, directives: directives)
        case .varyMiss: return missed(.varyMiss, directives: directives)
        case .miss: return missed(.uriMiss, directives: directives)
        }
    }

    /// What the client asks for, as far as the route lets it.
    var directives: CacheControl {
        var directives = CacheControl.ofRequest(head.fields)
        if let route, route.settings.cache.ignoredDirectives.contains(.noCache) {
            directives.noCache = false
            if directives.maxAge == 0 { directives.maxAge = nil }
        }
        return directives
    }

    private func use(_ stored: StoredResponse, directives: CacheControl) -> Step {
        let now = worker.recently
        let ahead = refreshAhead
        let uses = ahead == nil ? 0 : stored.countUse()
        let recheck = recheck
        switch ReuseDecision.decide(
            stored,
            request: directives,
            recheck: recheck,
            ahead: ahead,
            uses: uses,
            now: now
        ) {
        case .fresh:
            outcome = .hit
        case .refreshAhead:
            outcome = .hit
            if let ahead, stored.beginRefresh(now: now, pause: ahead.pause) { refreshBehind(stored, .ahead) }
        case .acceptedStale:
            outcome = .stale
        case .staleWhileRevalidate:
            outcome = .stale
            refreshBehind(stored, .staleWhileRevalidate)
        case .validate:
            outcome = .miss
            if directives.onlyIfCached { return mayConsult ? .consult : .refuse(.notCached) }
            stale = stored
            let isAsked =
                stored.timeToLive(at: now) > 0 && !ReuseDecision.isDoubtful(stored, recheck: recheck, now: now)
            cacheStatus.forward = isAsked ? .request : .stale
            return head.method == .head ? .forward : .fetch(joins: true)
        }
        cacheStatus = CacheStatus()
        cacheStatus.isHit = true
        cacheStatus.timeToLive = stored.timeToLive(at: now)
        if hasConsulted { cacheStatus.detail = Self.secondTier }
        return .answer(stored)
    }

    /// nil as well for a client with credentials: what comes for him may be for nobody else, and would end what all have.
    private var refreshAhead: RefreshAheadSettings? {
        guard let ahead = route?.settings.cache.refreshAhead else { return nil }
        return plan == .http && head.fields.contains(.authorization) ? nil : ahead
    }

    private func missed(_ reason: CacheStatus.Forward, directives: CacheControl) -> Step {
        outcome = .miss
        if directives.onlyIfCached { return mayConsult ? .consult : .refuse(.notCached) }
        cacheStatus.forward = unusable == nil ? reason : .miss
        // What HEAD and Range get is no whole response that others could share.
        let isShareable = head.method != .head && !head.fields.contains(.range)
        if isShareable { return .fetch(joins: true) }
        return mayConsult && !directives.noCache ? .consult : .forward
    }

    var mayConsult: Bool { shared.tier != nil && !hasConsulted }

    /// HEAD is answered from what GET stores (RFC 9111 §4.3.5), so both have one key.
    private func makeKey() -> CacheKey {
        guard let route else { preconditionFailure("Cannot look up a request that has no route") }
        let key = HTTPKey(
            upstream: route.upstream.name,
            isSecure: stream.isSecure,
            head: head,
            settings: route.settings.cache.key,
            builder: worker.keyBuilder
        )
        urlTag = key.urlTag
        return key.entry
    }
}
