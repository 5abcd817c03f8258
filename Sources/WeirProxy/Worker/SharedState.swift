import Logging
import NIOCore
import NIOPosix
import Synchronization
import WeirCache

/// What all workers share as long as the process lives: immutable, or guarding itself. What a reload changes is in
/// ``Generation``.
final class SharedState: Sendable {
    let store: MemoryStore
    let flights: FlightTable
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
        buffers: BufferBudget,
        clocks: Clocks,
        logger: Logger,
        compression: NIOThreadPool
    ) {
        self.store = store
        self.flights = flights
        self.buffers = buffers
        self.clocks = clocks
        self.logger = logger
        self.compression = compression
    }

    /// The one way for every purge, whoever asks for it: the admin API, a write, an answer that must not be kept.
    /// - Parameter softly: marks it as stale instead of removing it.
    /// - Returns: how many entries it was meant for.
    @discardableResult
    func purge(_ purge: Purge, softly: Bool = false) -> Int {
        store.purge(purge, softly: softly, now: clocks.monotonic())
    }
}
