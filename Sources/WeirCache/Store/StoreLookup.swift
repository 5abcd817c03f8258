/// What a store has for a request.
package enum StoreLookup: Sendable {
    /// Fresh or stale: who asked decides what may be done with it.
    case hit(StoredResponse)
    /// The URL is stored, but for requests with other selecting fields (RFC 9111 §4.1).
    case varyMiss
    case miss
}
