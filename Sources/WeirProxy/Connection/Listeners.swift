import Logging
import NIOCore
import NIOPosix
import Synchronization

/// The listening sockets, and how many connections came through them. Changed by one task at a time.
final class Listeners: Sendable {
    /// In the order of the configuration.
    private let open = Mutex<[Listener]>([])
    /// Client connections open now, over all workers.
    private let connections = Atomic<Int>(0)
    private let clients = ClientAddresses()
    /// Connections that are being told that they are refused.
    private let refused = Atomic<Int>(0)

    /// `TCP_NOTSENT_LOWAT`: bytes that the system takes before they can be sent. With its megabytes a client that reads
    /// slowly could not be told from one that does not read, and each would hold that much.
    private static let notSentLowWater = NIOBSDSocket.Option(rawValue: 25)
    private static let unsent: SocketOptionValue = 128 << 10
    /// A connection keeps the buffers that it has read into, as many as it may fill at once and as large as they ever were.
    private static let reading = AdaptiveRecvByteBufferAllocator(minimum: 64, initial: 2 << 10, maximum: 16 << 10)

    /// Opens those that are at no open address yet; what is served at the others changes to what is wanted there, for
    /// new connections. All files are read and all sockets bound before that.
    /// - Throws: ``ListenError`` for the first whose files cannot be used or that cannot be bound; none is opened or
    ///   changed then.
    func open(
        _ settings: [ListenerSettings],
        group: MultiThreadedEventLoopGroup,
        workers: [NIOLoopBoundBox<Worker>]
    ) async throws(ListenError) {
        var others = open.withLock { $0 }
        var wanted: [(listener: Listener, service: ListenerService)] = []
        var added: [Listener] = []
        for settings in settings {
            // An address may stand there twice, with port 0.
            let index = others.firstIndex { $0.address == settings.address }
            let there = index.map { others.remove(at: $0) }
            let service = try Self.service(settings, succeeding: there?.service)
            let listener = there ?? Listener(service)
            if there == nil { added.append(listener) }
            wanted.append((listener, service))
        }
        try await bind(added, group: group, workers: workers)
        for (listener, service) in wanted { listener.change(to: service) }
        let opened = wanted.map(\.listener) + others
        open.withLock { $0 = opened }
    }

    private static func service(
        _ settings: ListenerSettings,
        succeeding former: ListenerService?
    ) throws(ListenError) -> ListenerService {
        do {
            return try ListenerService(settings, succeeding: former)
        } catch {
            throw ListenError(address: settings.address, cause: error)
        }
    }

    private func bind(
        _ listeners: [Listener],
        group: MultiThreadedEventLoopGroup,
        workers: [NIOLoopBoundBox<Worker>]
    ) async throws(ListenError) {
        for (index, listener) in listeners.enumerated() {
            do {
                try await listener.bind(bootstrap(listener, group: group, workers: workers))
            } catch {
                for listener in listeners[..<index] { await listener.close() }
                throw ListenError(address: listener.address, cause: error)
            }
        }
    }

    /// Closes those at other addresses than these.
    func close(except addresses: [ListenAddress] = []) async {
        let superfluous = open.withLock { open in
            var kept: [Listener] = []
            var closed: [Listener] = []
            var wanted = addresses
            for listener in open {
                if let index = wanted.firstIndex(of: listener.address) {
                    wanted.remove(at: index)
                    kept.append(listener)
                } else {
                    closed.append(listener)
                }
            }
            open = kept
            return closed
        }
        for listener in superfluous { await listener.close() }
    }

    private func bootstrap(
        _ listener: Listener,
        group: MultiThreadedEventLoopGroup,
        workers: [NIOLoopBoundBox<Worker>]
    ) -> ServerBootstrap {
        let room = RoomMaker(workers: workers)
        return ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 1024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    // The errors of accepting come to it first.
                    try channel.pipeline.syncOperations.addHandler(AcceptPause(workers: workers, room: room))
                    try channel.pipeline.syncOperations.addHandler(ListenerState.Entrance(listener.state))
                }
            }
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelOption(.tcpOption(Self.notSentLowWater), value: Self.unsent)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelOption(.recvAllocator, value: Self.reading)
            .childChannelOption(.maxMessagesPerRead, value: 1)
            .childChannelOption(.writeBufferWaterMark, value: .init(low: 64 << 10, high: 256 << 10))
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    guard let worker = workers.first(where: { $0.eventLoop === channel.eventLoop })?.value else {
                        preconditionFailure("Cannot serve a connection on an event loop that has no worker")
                    }
                    let service = listener.service
                    let limits = worker.generation.settings.limits
                    if let refusal = self.admit(channel, limits: limits, room: room) {
                        return try self.refuse(channel, by: service, worker: worker, limits: limits, error: refusal)
                    }
                    worker.metrics.connectionsAccepted += 1
                    try service.serve(channel, worker: worker, listener: listener.state)
                }
            }
    }

    /// Counts a connection until it closes, unless it is turned away.
    /// - Returns: why it is turned away, if it is.
    private func admit(_ channel: any Channel, limits: ConnectionLimits, room: RoomMaker) -> ProxyError? {
        let count = connections.add(1, ordering: .relaxed).newValue
        if count > limits.connections - limits.connections / 16 { room.makeRoom() }
        guard count <= limits.connections else {
            connections.subtract(1, ordering: .relaxed)
            return .tooManyConnections
        }
        // Counted whatever the limit is: a reload may set a lower one.
        let address = channel.remoteAddress.flatMap(ClientAddress.init)
        if let address, !clients.enter(address, limit: limits.connectionsPerAddress) {
            connections.subtract(1, ordering: .relaxed)
            return .tooManyFromAddress
        }
        channel.closeFuture.whenComplete { _ in
            self.connections.subtract(1, ordering: .relaxed)
            if let address { self.clients.leave(address) }
        }
        return nil
    }

    /// Tells a connection why it is turned away. It takes nobody's place; too many at once are closed without a word.
    private func refuse(
        _ channel: any Channel,
        by service: ListenerService,
        worker: Worker,
        limits: ConnectionLimits,
        error: ProxyError
    ) throws {
        let count = refused.add(1, ordering: .relaxed).newValue
        channel.closeFuture.whenComplete { _ in self.refused.subtract(1, ordering: .relaxed) }
        guard count <= limits.refusals else {
            worker.metrics.connectionsRefused += 1
            return channel.close(promise: nil)
        }
        try service.refuse(channel, worker: worker, error: error)
    }

    /// Where each listener is bound, with the ports that the system chose.
    var addresses: [ListenAddress] { open.withLock { $0.compactMap(\.boundAddress) } }

    var snapshots: [ListenerSnapshot] { open.withLock { $0.map(\.service.snapshot) } }

    /// Blocks for as long as the disk takes.
    func reloadCertificates(_ logger: Logger) {
        for listener in open.withLock({ $0 }) { listener.service.tls?.reloadIfChanged(logger) }
    }

    var openConnections: Int { connections.load(ordering: .relaxed) }
}
