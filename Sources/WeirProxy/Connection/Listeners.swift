import NIOCore
import NIOPosix
import Synchronization

/// The listening sockets.
final class Listeners: Sendable {
    private let channels = Mutex<[any Channel]>([])
    /// Client connections open now, over all workers.
    private let connections = Atomic<Int>(0)
    private let clients = ClientAddresses()

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
            .serverChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(AcceptPause(workers: workers))
                }
            }
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelOption(.writeBufferWaterMark, value: .init(low: 64 << 10, high: 256 << 10))
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    guard let worker = workers.first(where: { $0.eventLoop === channel.eventLoop })?.value else {
                        preconditionFailure("Cannot serve a connection on an event loop that has no worker")
                    }
                    let refusal = self.admit(channel, limits: worker.shared.settings.limits, maxConnections)
                    let handler: any ChannelHandler =
                        if let refusal {
                            RefusedConnection(worker: worker, error: refusal)
                        } else {
                            ClientConnection(worker: worker)
                        }
                    try channel.pipeline.syncOperations.addHandler(handler)
                }
            }
    }

    /// Counts a connection until it closes.
    /// - Returns: why it is turned away, if it is.
    private func admit(_ channel: any Channel, limits: ConnectionLimits, _ maxConnections: Int) -> ProxyError? {
        let open = connections.add(1, ordering: .relaxed).newValue
        channel.closeFuture.whenComplete { _ in self.connections.subtract(1, ordering: .relaxed) }
        if open > maxConnections { return .tooManyConnections }
        let limit = limits.connectionsPerAddress
        // One address cannot have more than all, and need not be counted then.
        guard limit < maxConnections, let address = channel.remoteAddress.flatMap(ClientAddress.init)
        else { return nil }
        guard clients.enter(address, limit: limit) else { return .tooManyFromAddress }
        channel.closeFuture.whenComplete { _ in self.clients.leave(address) }
        return nil
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
