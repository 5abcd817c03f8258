/// What a store holds and has done since it began. The figures of one shard belong to one moment, those of all
/// shards to almost one.
package struct StoreStatistics: Sendable, Equatable {
    package var entries: Int
    /// Overhead included, and what inserts under way have reserved; never over `capacityBytes`.
    package var bytes: Int
    package var capacityBytes: Int
    package var insertions: UInt64
    package var evictionsByReason: EvictionCounts
    /// Entries that soft purges were meant for, each time that one was.
    package var softened: UInt64

    package init(
        entries: Int = 0,
        bytes: Int = 0,
        capacityBytes: Int = 0,
        insertions: UInt64 = 0,
        evictionsByReason: EvictionCounts = EvictionCounts(),
        softened: UInt64 = 0
    ) {
        self.entries = entries
        self.bytes = bytes
        self.capacityBytes = capacityBytes
        self.insertions = insertions
        self.evictionsByReason = evictionsByReason
        self.softened = softened
    }
}
