/// The store.
package struct CacheStatistics: Sendable, Encodable, Equatable {
    package var entries = 0
    package var bytes = 0
    package var capacityBytes = 0
    package var insertions: UInt64 = 0
    /// By the reason for which an entry left.
    package var evictions: [String: UInt64] = [:]
    /// Marked as stale by soft purges; they have not left.
    package var softened: UInt64 = 0

    package init() {}
}
