import NIOCore
import NIOPosix
import Synchronization

/// The listening sockets.
final class Listeners: Sendable {
    private let channels = Mutex<[any Channel]>([])
    /// Client connections open now, over all workers.
    private let connections = Atomic<Int>(0)

    /// - Throws: ``ListenError`` for the first address that cannot be bound; none is left open then.
    func open(
        _ addresses: [ListenAddress],
        group: MultiThreadedEventLoopGroup,
        workers: [NIOLoopBoundBox<Worker>],
        maxConnections: Int
    ) async throws {
        for address in addresses {
            do {
                let channel = try await bootstrap(group, workers: workers, maxConnections: maxConnections)
                    .bind(host: address.host, port: address.port).get()
                channels.withLock { $0.append(channel) }
            } catch {
                await close()
                throw ListenError(address: address, cause: error)
            }
        }
    }

    private func bootstrap(
        _ group: MultiThreadedEventLoopGroup,
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
                    let handler: any ChannelHandler =
                        open > maxConnections ? RefusedConnection(worker: worker) : ClientConnection(worker: worker)
                    try channel.pipeline.syncOperations.addHandler(handler)
                }
            }
    }

    /// Where each listener is bound, with the ports that the system chose.
    var addresses: [ListenAddress] {
        channels.withLock { channels in
            channels.compactMap { channel in
                guard let address = channel.localAddress, let port = address.port else { return nil }
                return ListenAddress(host: address.ipAddress ?? "", port: port)
            }
        }
    }

    func close() async {
        let open = channels.withLock { channels in
            defer { channels = [] }
            return channels
        }
        for channel in open { try? await channel.close().get() }
    }

    var openConnections: Int { connections.load(ordering: .relaxed) }
}
