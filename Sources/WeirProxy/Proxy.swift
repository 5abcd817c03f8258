package import Logging
import NIOCore
package import NIOPosix
import Synchronization
package import WeirCache
import WeirHTTP
package import WeirUpstream

/// The data plane: listeners, workers, routes and stores, put together from settings.
package final class Proxy: Sendable {
    package let settings: ProxySettings
    package let upstreams: Upstreams
    package let store: MemoryStore
    private let shared: SharedState
    private let workers: [NIOLoopBoundBox<Worker>]
    private let group: MultiThreadedEventLoopGroup
    private let startedAt: NIODeadline
    private let listeners: Listeners
    private let draining = Atomic<Bool>(false)

    /// - Parameter makeTransport: how an upstream is reached; the default is plain HTTP directly and `https` through
    ///   libcurl.
    package init(
        settings: ProxySettings,
        group: MultiThreadedEventLoopGroup,
        logger: Logger,
        clocks: Clocks = .system,
        makeTransport: @escaping (UpstreamSettings) -> any Transport
    ) {
        self.settings = settings
        self.group = group
        let upstreams = Upstreams(settings.upstreams, group: group, makeTransport: makeTransport)
        self.upstreams = upstreams
        store = MemoryStore(settings: settings.cache)
        let routes = settings.routes.enumerated().map { index, route in
            guard let upstream = upstreams[route.upstream] else {
                preconditionFailure("Cannot route to '\(route.upstream)', which is no upstream")
            }
            return Route(index: index, settings: route, upstream: upstream)
        }
        let buffers = BufferBudget(capacity: settings.limits.memory)
        let shared = SharedState(
            settings: settings,
            router: Router(routes),
            store: store,
            flights: FlightTable(settings: FlightSettings(cache: settings.cache), buffers: buffers),
            buffers: buffers,
            clocks: clocks,
            logger: logger,
            compression: NIOThreadPool(numberOfThreads: 1)
        )
        self.shared = shared
        startedAt = clocks.monotonic()
        listeners = Listeners()
        workers = group.makeIterator().map { loop in
            NIOLoopBoundBox.makeBoxSendingValue(Worker(eventLoop: loop, shared: shared), eventLoop: loop)
        }
    }

    // MARK: Running

    /// Binds every listener; serves from then on.
    /// - Throws: ``ListenError``.
    package func start() async throws {
        shared.compression.start()
        for worker in workers {
            worker.eventLoop.execute { worker.value.startTicking() }
        }
        try await listeners.open(
            settings.listen,
            group: group,
            workers: workers,
            maxConnections: settings.limits.connections
        )
    }

    /// Where Weir listens, with the ports that the system chose.
    package var addresses: [ListenAddress] { listeners.addresses }

    package var isDraining: Bool { draining.load(ordering: .relaxed) }

    /// Stops accepting, lets what is under way finish within `drain`, then ends what is left.
    package func stop() async {
        draining.store(true, ordering: .relaxed)
        await listeners.close()
        await onEachWorker { $0.drain() }
        let deadline = NIODeadline.now() + settings.drain
        while listeners.openConnections > 0, NIODeadline.now() < deadline {
            try? await Task.sleep(for: .milliseconds(20))
        }
        await onEachWorker { worker in
            worker.closeAll()
            worker.stopTicking()
        }
        await shutDownUpstreams(until: deadline)
        try? await shared.compression.shutdownGracefully()
    }

    /// Calls that go on without a client, for the store, end at the deadline too.
    private func shutDownUpstreams(until deadline: NIODeadline) async {
        await withTaskGroup { group in
            group.addTask { await self.upstreams.shutdown() }
            group.addTask { try? await Task.sleep(for: .nanoseconds((deadline - .now()).nanoseconds)) }
            await group.next()
            group.cancelAll()
        }
    }

    private func onEachWorker(_ action: @escaping @Sendable (Worker) -> Void) async {
        for worker in workers {
            try? await worker.eventLoop.submit { action(worker.value) }.get()
        }
    }

    // MARK: Looking in

    /// All counters, each worker's taken on its own event loop and summed.
    package func snapshot() async -> ProxySnapshot {
        var totals = WorkerMetrics(routes: shared.router.routes.count)
        for worker in workers {
            if let metrics = try? await worker.eventLoop.submit({ worker.value.metrics }).get() { totals.add(metrics) }
        }
        return ProxySnapshot(
            uptime: shared.clocks.monotonic() - startedAt,
            openConnections: listeners.openConnections,
            totals: totals,
            routes: shared.router.routes.map {
                .init(name: $0.name, settings: $0.settings, metrics: totals.routes[$0.index])
            },
            store: store.statistics,
            flights: shared.flights.counts(),
            buffers: .init(bytes: shared.buffers.bytes, capacityBytes: shared.buffers.capacity),
            upstreams: upstreams.all.map { $0.snapshot() },
            isDraining: isDraining
        )
    }
}
