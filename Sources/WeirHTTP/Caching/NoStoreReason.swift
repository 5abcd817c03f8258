/// Why a response is not stored. The raw value is the token that `Cache-Status` gives as `detail`.
package enum NoStoreReason: String, Sendable, CaseIterable {
    /// Only answers to GET are stored.
    case method
    /// The client's `no-store` (RFC 9111 §5.2.1.5).
    case requestNoStore = "request-no-store"
    /// A 206: a part must not stand for the whole.
    case partial
    /// The status is not a final one, belongs to a condition or range of this one request, or says nothing lasting
    /// without a lifetime of its own.
    case status
    /// The response's `no-store` (RFC 9111 §5.2.2.5).
    case noStore = "no-store"
    /// RFC 9111 §5.2.2.7.
    case `private`
    /// The request carried credentials and the response does not open itself to others (RFC 9111 §3.5).
    case authorization
    /// It sets a cookie for one client.
    case setCookie = "set-cookie"
    /// `Vary: *`, or a `Vary` that names no field (RFC 9111 §4.1).
    case varyStar = "vary-star"
    /// `no-cache` without a validator: it could never be used.
    case noCache = "no-cache"
    /// It says nothing of how long it lives and has no validator, or is stale from the start and of no use.
    case noFreshness = "no-freshness"
}
