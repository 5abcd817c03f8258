import Logging
import NIOCore
import NIOPosix
import Synchronization
import WeirCache
import WeirTier

/// What all workers share as long as the process lives: immutable, or guarding itself. What a reload changes is in
/// ``Generation``.
final class SharedState: Sendable {
    let store: MemoryStore
    let flights: FlightTable
    /// Items that wait to be asked for together.
    let batches = BatchTable()
    /// What several sidecars have in common; nil where there is no Redis.
    let tier: Tier?
    /// What requests under way hold in memory.
    let buffers: BufferBudget
    let clocks: Clocks
    let logger: Logger
    /// Compresses stored responses off the event loops.
    let compression: NIOThreadPool
    let pendingCompressions = Atomic<Int>(0)

    init(
        store: MemoryStore,
        flights: FlightTable,
        tier: Tier?,
        buffers: BufferBudget,
        clocks: Clocks,
        logger: Logger,
        compression: NIOThreadPool
    ) {
        self.store = store
        self.flights = flights
        self.tier = tier
        self.buffers = buffers
        self.clocks = clocks
        self.logger = logger
        self.compression = compression
    }

    /// The one way for every purge, whoever asks for it: the admin API, a write, an answer that must not be kept.
    /// - Parameter softly: marks it as stale instead of removing it.
    /// - Returns: how many entries of this sidecar it was meant for; the others are told.
    @discardableResult
    func purge(_ purge: Purge, softly: Bool = false) -> Int {
        // Said before it is done: who looks in between finds it purged in Redis, or before the mark of the store's purges.
        tier?.purge(purge, softly: softly)
        return store.purge(purge, softly: softly, now: clocks.monotonic())
    }
}
