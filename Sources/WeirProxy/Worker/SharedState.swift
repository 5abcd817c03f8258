import Logging
import NIOCore
import NIOPosix
import Synchronization
import WeirCache
import WeirOpenAI
import WeirUpstream

/// What all workers share: immutable, or guarding itself.
final class SharedState: Sendable {
    let settings: ProxySettings
    let router: Router
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
        settings: ProxySettings,
        router: Router,
        store: MemoryStore,
        flights: FlightTable,
        buffers: BufferBudget,
        clocks: Clocks,
        logger: Logger,
        compression: NIOThreadPool
    ) {
        self.settings = settings
        self.router = router
        self.store = store
        self.flights = flights
        self.buffers = buffers
        self.clocks = clocks
        self.logger = logger
        self.compression = compression
    }
}
