/// Why an entry left the store.
package enum EvictionReason: String, Sendable, CaseIterable {
    /// The budget was needed for something else.
    case capacity
    /// It could not be used any more, stale or validated.
    case expired
    /// A newer response took its place, or its URL had too many variants.
    case replaced
    case purged
}
