package import Logging
import NIOCore
package import NIOPosix
import Synchronization
package import WeirCache
import WeirHTTP
import WeirLedger
import WeirTier
package import WeirUpstream

/// The data plane: listeners, workers, routes and stores, put together from settings.
package final class Proxy: Sendable {
    struct State {
        var generation: Generation
        /// Those before it that may have requests under way.
        var former: [FormerGeneration] = []
        var slots: RouteSlots
        var allowances: AllowanceTable
        var status: ConfigurationStatus
    }

    package let store: MemoryStore
    let shared: SharedState
    let workers: [NIOLoopBoundBox<Worker>]
    let group: MultiThreadedEventLoopGroup
    let listeners = Listeners()
    /// Looked into by the control plane alone; each worker has the generation at hand.
    let state: Mutex<State>
    let snapshotState = Mutex(SnapshotState.unstarted)
    private let makeTransport: @Sendable (UpstreamSettings) -> any Transport
    private let retirement = Retirement()
    private let startedAt: NIODeadline
    private let draining = Atomic<Bool>(false)

    /// - Parameter makeTransport: how an upstream is reached; the default is plain HTTP directly and `https` through
    ///   libcurl.
    package init(
        settings: ProxySettings,
        group: MultiThreadedEventLoopGroup,
        logger: Logger,
        clocks: Clocks = .system,
        makeTransport: @escaping @Sendable (UpstreamSettings) -> any Transport
    ) {
        self.group = group
        self.makeTransport = makeTransport
        store = MemoryStore(settings: settings.cache)
        let tier = settings.tier.map { [store] in
            Tier(
                settings: $0,
                coder: StoredResponseCoder(seal: settings.cache.sealKey),
                store: store,
                group: group,
                logger: logger
            )
        }
        let buffers = BufferBudget(capacity: settings.limits.memory)
        let shared = SharedState(
            store: store,
            flights: FlightTable(settings: FlightSettings(cache: settings.cache), store: store, buffers: buffers),
            tier: tier,
            buffers: buffers,
            clocks: clocks,
            logger: logger,
            compression: NIOThreadPool(numberOfThreads: 1)
        )
        self.shared = shared
        startedAt = clocks.monotonic()
        var slots = RouteSlots()
        var allowances = AllowanceTable()
        let generation = Generation(
            number: 1,
            settings: settings,
            upstreams: Upstreams(
                settings.upstreams,
                group: group,
                onRelease: { [retirement] in retirement.shutDown($0) },
                makeTransport: makeTransport
            ),
            slots: slots.assign(settings.routes.map(\.name)) { _ in false }.slots,
            allowances: allowances.assign(settings.routes)
        )
        let slotCount = slots.count
        workers = group.makeIterator().map { loop in
            NIOLoopBoundBox.makeBoxSendingValue(
                Worker(eventLoop: loop, shared: shared, generation: generation, slots: slotCount),
                eventLoop: loop
            )
        }
        state = Mutex(
            State(
                generation: generation,
                slots: slots,
                allowances: allowances,
                status: ConfigurationStatus(loadedAt: clocks.wall())
            )
        )
    }

    /// - Parameter softly: marks what the purge is meant for as stale instead of removing it.
    /// - Returns: how many entries it was meant for.
    @discardableResult
    package func purge(_ purge: Purge, softly: Bool = false) -> Int { shared.purge(purge, softly: softly) }

    /// Whether the other sidecars have been told of all purges made so far. Waits for as long as Redis has to take them.
    package func arePurgesTold() async -> Bool { await shared.tier?.arePurgesTold() ?? true }

    func makeUpstreams(_ settings: [UpstreamSettings], succeeding former: Upstreams) -> Upstreams {
        Upstreams(
            settings,
            group: group,
            succeeding: former,
            onRelease: { [retirement] in retirement.shutDown($0) },
            makeTransport: makeTransport
        )
    }

    var generation: Generation { state.withLock { $0.generation } }
    var slotCount: Int { state.withLock { $0.slots.count } }

    /// What runs now, as are the upstreams.
    package var settings: ProxySettings { generation.settings }
    package var upstreams: Upstreams { generation.upstreams }

    // MARK: Running

    /// Binds every listener; serves from then on.
    /// - Throws: ``ListenError``.
    package func start() async throws {
        shared.compression.start()
        retirement.open()
        for worker in workers {
            worker.eventLoop.execute { worker.value.startTicking() }
        }
        let mark = settings.cache.snapshot == nil ? nil : store.beginRestoring()
        shared.tier?.start(resumingAt: formerPurges())
        try await listeners.open(settings.listen, group: group, workers: workers)
        snapshotState.withLock { $0 = mark.map { .unread(since: $0) } ?? .unused }
    }

    /// Looks at the files of TLS every second until the task is cancelled, and serves new connections with what they
    /// have become.
    package func watchCertificates() async {
        while (try? await Task.sleep(for: .seconds(1))) != nil { reloadCertificates() }
    }

    /// One look at the files of TLS. A change is taken into use at the second look that finds it.
    package func reloadCertificates() { listeners.reloadCertificates(shared.logger) }

    /// Where Weir listens, with the ports that the system chose.
    package var addresses: [ListenAddress] { listeners.addresses }

    package var isDraining: Bool { draining.load(ordering: .relaxed) }

    /// Says that it is not ready any more, goes on as before for `drain_delay`, then stops accepting, lets what is
    /// under way finish within `drain`, and ends what is left. Cancelling the task ends everything at once.
    package func stop() async {
        let settings = settings
        draining.store(true, ordering: .relaxed)
        if settings.drainDelay > .zero { try? await Task.sleep(for: .nanoseconds(settings.drainDelay.nanoseconds)) }
        await listeners.close()
        await onEachWorker { $0.drainClosedListeners() }
        await waitForConnections(atMost: settings.drain)
        await onEachWorker { $0.endAll() }
        await waitForConnections(atMost: Self.lastWords)
        await onEachWorker { worker in
            worker.closeAll()
            worker.stopTicking()
        }
        await shutDownUpstreams()
        try? await shared.compression.shutdownGracefully()
    }

    /// How long clients may take to read the answer that says that Weir is stopping.
    private static let lastWords = TimeAmount.milliseconds(500)

    private func waitForConnections(atMost time: TimeAmount) async {
        let deadline = NIODeadline.now() + time
        while listeners.openConnections > 0, NIODeadline.now() < deadline {
            do { try await Task.sleep(for: .milliseconds(10)) } catch { return }
        }
    }

    /// Calls that go on without a client would end in a store that ends too: they are cancelled.
    private func shutDownUpstreams() async {
        let former = state.withLock { $0.former }
        await withTaskGroup { group in
            for generation in [generation] + former.compactMap(\.generation) {
                group.addTask { await generation.upstreams.shutdown() }
            }
            group.cancelAll()
        }
        await retirement.close()
    }

    func onEachWorker(_ action: @escaping @Sendable (Worker) -> Void) async {
        for worker in workers {
            try? await worker.eventLoop.submit { action(worker.value) }.get()
        }
    }

    // MARK: Looking in

    package var configurationStatus: ConfigurationStatus { state.withLock { $0.status } }

    /// All counters, each worker's taken on its own event loop and summed.
    package func snapshot() async -> ProxySnapshot {
        let (generation, status) = state.withLock { state in
            state.former.removeAll { $0.generation == nil }
            state.status.generationsInUse = 1 + state.former.count
            return (state.generation, state.status)
        }
        var totals = WorkerMetrics(routes: slotCount)
        for worker in workers {
            if let metrics = try? await worker.eventLoop.submit({ worker.value.metrics }).get() { totals.add(metrics) }
        }
        let routes = generation.router.routes
        return ProxySnapshot(
            uptime: shared.clocks.monotonic() - startedAt,
            openConnections: listeners.openConnections,
            listeners: listeners.snapshots,
            totals: totals,
            routes: routes.map {
                .init(
                    name: $0.name,
                    settings: $0.settings,
                    metrics: totals.routes[$0.slot],
                    budget: $0.settings.budget == nil ? nil : $0.allowances?.totals()
                )
            },
            prices: generation.settings.prices,
            goneRoutes: totals.sum(except: routes.map(\.slot)),
            store: store.statistics,
            restored: snapshotState.withLock { $0.restored },
            tier: shared.tier?.snapshot(),
            flights: shared.flights.counts(),
            buffers: .init(bytes: shared.buffers.bytes, capacityBytes: shared.buffers.capacity),
            upstreams: generation.upstreams.all.map { $0.snapshot() },
            configuration: status,
            isDraining: isDraining
        )
    }
}
