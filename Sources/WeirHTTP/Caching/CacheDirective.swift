/// A directive of `Cache-Control` that Weir knows (RFC 9111 §5.2, RFC 5861, RFC 8246).
enum CacheDirective {
    case noStore, noCache, isPrivate, isPublic, mustRevalidate, proxyRevalidate, mustUnderstand, noTransform
    case onlyIfCached, immutable
    case maxAge, sharedMaxAge, minFresh, maxStale, staleWhileRevalidate, staleIfError

    /// Whether its argument is a number of seconds.
    var takesSeconds: Bool {
        switch self {
        case .maxAge, .sharedMaxAge, .minFresh, .maxStale, .staleWhileRevalidate, .staleIfError: true
        case .noStore, .noCache, .isPrivate, .isPublic, .mustRevalidate, .proxyRevalidate, .mustUnderstand,
            .noTransform,
            .onlyIfCached, .immutable:
            false
        }
    }

    /// - Parameter name: in any case.
    static func recognise(_ name: Span<UInt8>) -> CacheDirective? {
        func named(_ text: StaticString, _ directive: CacheDirective) -> CacheDirective? {
            name.equalsIgnoringCase(text) ? directive : nil
        }
        switch name.count {
        case 6: return named("public", .isPublic)
        case 7: return named("max-age", .maxAge) ?? named("private", .isPrivate)
        case 8: return named("no-cache", .noCache) ?? named("no-store", .noStore) ?? named("s-maxage", .sharedMaxAge)
        case 9:
            return named("immutable", .immutable) ?? named("min-fresh", .minFresh) ?? named("max-stale", .maxStale)
        case 12: return named("no-transform", .noTransform)
        case 14: return named("only-if-cached", .onlyIfCached) ?? named("stale-if-error", .staleIfError)
        case 15: return named("must-revalidate", .mustRevalidate) ?? named("must-understand", .mustUnderstand)
        case 16: return named("proxy-revalidate", .proxyRevalidate)
        case 22: return named("stale-while-revalidate", .staleWhileRevalidate)
        case _: return nil
        }
    }
}
