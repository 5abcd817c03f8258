/// What a response says of how long it may be used (RFC 9111 §4.2, RFC 5861). All in seconds, saturating at 2³¹.
package struct Freshness: Sendable, Equatable {
    package var lifetime: Int64
    /// How long past `lifetime` it may be served while it is revalidated.
    package var staleWhileRevalidate: Int64
    /// How long past `lifetime` it may be served when the upstream fails.
    package var staleIfError: Int64
    /// `must-revalidate`, `proxy-revalidate` or `s-maxage`: never served stale (RFC 9111 §4.2.4).
    package var mustRevalidate: Bool
    /// `no-cache`: validated before every use (RFC 9111 §5.2.2.4).
    package var alwaysValidate: Bool

    /// Whether anybody may be served it once it is stale (RFC 9111 §4.2.4).
    package var permitsStale: Bool { !mustRevalidate && !alwaysValidate }

    package init(
        lifetime: Int64,
        staleWhileRevalidate: Int64 = 0,
        staleIfError: Int64 = 0,
        mustRevalidate: Bool = false,
        alwaysValidate: Bool = false
    ) {
        self.lifetime = lifetime
        self.staleWhileRevalidate = staleWhileRevalidate
        self.staleIfError = staleIfError
        self.mustRevalidate = mustRevalidate
        self.alwaysValidate = alwaysValidate
    }
}
