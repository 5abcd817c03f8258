/// Whether a shared cache may store a response, and how long it may use it (RFC 9111 §3, §4.2).
package enum StoreDecision: Sendable, Equatable {
    case store(Freshness)
    case refuse(NoStoreReason)

    /// - Parameters:
    ///   - request: as it went upstream, for its `Authorization` and `Cache-Control`.
    ///   - response: its final head, as it was received.
    ///   - receivedAt: stands in for a `Date` that is missing.
    package static func decide(
        method: RequestMethod,
        request: FieldSection,
        response: ResponseHead,
        receivedAt: UnixTime,
        policy: StorePolicy
    ) -> StoreDecision {
        guard method == .get else { return .refuse(.method) }
        guard !CacheControl.ofRequest(request).noStore else { return .refuse(.requestNoStore) }
        let control = CacheControl.ofResponse(response.fields)
        if let reason = refusal(request: request, response: response, control: control) { return .refuse(reason) }
        return freshness(of: response, control: control, receivedAt: receivedAt, policy: policy)
    }

    /// The rules that no lifetime can outweigh (RFC 9111 §3).
    private static func refusal(
        request: FieldSection,
        response: ResponseHead,
        control: CacheControl
    ) -> NoStoreReason? {
        switch response.status {
        case 206: return .partial
        case ..<200, 600..., 304, 412, 416, 417: return .status
        case _: break
        }
        if control.mustUnderstand {
            // Where the status is understood, `no-store` was meant for other caches (RFC 9111 §5.2.2.3).
            guard understood.contains(response.status) else { return .status }
        } else if control.noStore {
            return .noStore
        }
        if control.isPrivate { return .private }
        let isOpened = control.isPublic || control.mustRevalidate || control.sharedMaxAge != nil
        if !isOpened, request.contains(.authorization) { return .authorization }
        if response.fields.contains(.setCookie), !namesAway("set-cookie", control) { return .setCookie }
        if VarySelection.names(of: response.fields, ignoring: []) == nil { return .varyStar }
        return nil
    }

    private static func namesAway(_ name: String, _ control: CacheControl) -> Bool {
        control.noCacheFields.contains(name) || control.privateFields.contains(name)
    }

    private static func freshness(
        of response: ResponseHead,
        control: CacheControl,
        receivedAt: UnixTime,
        policy: StorePolicy
    ) -> StoreDecision {
        let isValidatable = !Validators.conditionalFields(for: [response.fields]).isEmpty
        let explicit = explicitLifetime(response.fields, control: control, receivedAt: receivedAt)
        let told =
            explicit ?? policy.negativeLifetimes[response.status]
            ?? policy.heuristicShare.flatMap {
                heuristicLifetime(response, $0, control: control, receivedAt: receivedAt)
            }
        if told == nil, !lasting.contains(response.status) { return .refuse(control.noCache ? .noCache : .status) }
        if control.noCache, !isValidatable { return .refuse(.noCache) }
        guard let lifetime = told ?? policy.defaultLifetime ?? (isValidatable ? 0 : nil) else {
            return .refuse(.noFreshness)
        }
        // RFC 9111 §4.2.4: an `s-maxage` brings `proxy-revalidate` with it (§5.2.2.10).
        let mustRevalidate = control.mustRevalidate || control.proxyRevalidate || control.sharedMaxAge != nil
        var freshness = Freshness(
            lifetime: DeltaSeconds.clamp(lifetime),
            mustRevalidate: mustRevalidate,
            alwaysValidate: control.noCache
        )
        if !mustRevalidate, !control.noCache {
            freshness.staleWhileRevalidate =
                DeltaSeconds.clamp(control.staleWhileRevalidate ?? policy.staleWhileRevalidate ?? 0)
            freshness.staleIfError = DeltaSeconds.clamp(control.staleIfError ?? policy.staleIfError ?? 0)
        }
        let isOfUse =
            freshness.lifetime > 0 || isValidatable || freshness.staleWhileRevalidate > 0 || freshness.staleIfError > 0
        return isOfUse ? .store(freshness) : .refuse(.noFreshness)
    }

    /// `s-maxage`, `max-age`, `Expires` less `Date`, in this order (RFC 9111 §4.2.1). An `Expires` that is malformed
    /// or repeated is in the past (§5.3).
    private static func explicitLifetime(
        _ fields: FieldSection,
        control: CacheControl,
        receivedAt: UnixTime
    ) -> Int64? {
        if let lifetime = control.sharedMaxAge ?? control.maxAge { return lifetime }
        guard !control.isTargeted, let expires = fields.first(.expires) else { return nil }
        guard fields.count(of: .expires) == 1, let end = HTTPDate.parse(expires, now: receivedAt) else { return 0 }
        let start = fields.first(.date).flatMap { HTTPDate.parse($0, now: receivedAt) } ?? receivedAt
        return DeltaSeconds.clamp(end.seconds - start.seconds)
    }

    /// A share of the time between the modification and the response, at most a day (RFC 9111 §4.2.2).
    private static func heuristicLifetime(
        _ response: ResponseHead,
        _ share: Double,
        control: CacheControl,
        receivedAt: UnixTime
    ) -> Int64? {
        guard heuristicallyCacheable.contains(response.status) || control.isPublic,
            response.fields.count(of: .lastModified) == 1,
            let modified = response.fields.first(.lastModified).flatMap({ HTTPDate.parse($0, now: receivedAt) })
        else { return nil }
        let date = response.fields.first(.date).flatMap { HTTPDate.parse($0, now: receivedAt) } ?? receivedAt
        guard date > modified else { return nil }
        return min(Int64(Double(date.seconds - modified.seconds) * share), longestHeuristic)
    }

    /// In seconds.
    private static let longestHeuristic: Int64 = 86_400

    /// RFC 9110 §15.1, but for 206.
    private static let heuristicallyCacheable: Set<UInt16> = [200, 203, 204, 300, 301, 308, 404, 405, 410, 414, 501]

    /// Statuses of success that are heuristically cacheable (RFC 9110 §15.1). The others that are (404, 405, 410,
    /// 414, 501) pass like every failure: an origin's bad moment is stored only when it asks for that.
    private static let lasting: Set<UInt16> = [200, 203, 204, 300, 301, 308]

    /// Statuses whose rules of caching Weir follows, for `must-understand`.
    private static let understood: Set<UInt16> = [
        200, 203, 204, 300, 301, 302, 303, 307, 308, 404, 405, 410, 414, 501,
    ]
}
