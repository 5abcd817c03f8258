import Logging
import NIOCore
import NIOPosix
import Synchronization

/// The listening sockets.
final class Listeners: Sendable {
    private let listeners = Mutex<[Listener]>([])
    /// Client connections open now, over all workers.
    private let connections = Atomic<Int>(0)

    /// - Throws: ``ListenError`` for the first that cannot be had; none is left open then.
    func open(
        _ settings: [ListenerSettings],
        group: MultiThreadedEventLoopGroup,
        workers: [NIOLoopBoundBox<Worker>],
        maxConnections: Int
    ) async throws {
        for settings in settings {
            do {
                var listener = try Listener(settings)
                try await listener.bind(
                    bootstrap(listener, group: group, workers: workers, maxConnections: maxConnections)
                )
                listeners.withLock { [listener] in $0.append(listener) }
            } catch {
                await close()
                throw ListenError(address: settings.address, cause: error)
            }
        }
    }

    private func bootstrap(
        _ listener: Listener,
        group: MultiThreadedEventLoopGroup,
        workers: [NIOLoopBoundBox<Worker>],
        maxConnections: Int
    ) -> ServerBootstrap {
        ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 1024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelOption(.writeBufferWaterMark, value: .init(low: 64 << 10, high: 256 << 10))
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    guard let worker = workers.first(where: { $0.eventLoop === channel.eventLoop })?.value else {
                        preconditionFailure("Cannot serve a connection on an event loop that has no worker")
                    }
                    let open = self.connections.add(1, ordering: .relaxed).newValue
                    channel.closeFuture.whenComplete { _ in
                        self.connections.subtract(1, ordering: .relaxed)
                    }
                    if open > maxConnections { return try listener.refuse(channel, worker: worker) }
                    worker.metrics.connectionsAccepted += 1
                    try listener.serve(channel, worker: worker)
                }
            }
    }

    /// Where each listener is bound, with the ports that the system chose.
    var addresses: [ListenAddress] { listeners.withLock { $0.compactMap(\.address) } }

    var snapshots: [ListenerSnapshot] { listeners.withLock { $0.map(\.snapshot) } }

    /// Blocks for as long as the disk takes.
    func reloadCertificates(_ logger: Logger) {
        for listener in listeners.withLock({ $0 }) { listener.tls?.reloadIfChanged(logger) }
    }

    func close() async {
        let open = listeners.withLock { listeners in
            defer { listeners = [] }
            return listeners
        }
        for listener in open { try? await listener.channel?.close().get() }
    }

    var openConnections: Int { connections.load(ordering: .relaxed) }
}
