import NIOCore
import NIOPosix
import Synchronization

/// The listening sockets, and how many connections came through them. Changed by one task at a time.
final class Listeners: Sendable {
    private let open = Mutex<[Listener]>([])
    /// Client connections open now, over all workers.
    private let connections = Atomic<Int>(0)
    private let clients = ClientAddresses()

    /// Opens those of the addresses that are not open yet.
    /// - Throws: ``ListenError`` for the first that cannot be bound; none is opened then.
    func open(
        _ addresses: [ListenAddress],
        group: MultiThreadedEventLoopGroup,
        workers: [NIOLoopBoundBox<Worker>]
    ) async throws(ListenError) {
        var added: [Listener] = []
        for address in missing(addresses) {
            let state = ListenerState()
            do {
                let channel = try await bootstrap(group, workers: workers, state: state)
                    .bind(host: address.host, port: address.port).get()
                added.append(Listener(address: address, channel: channel, state: state))
            } catch {
                for listener in added { await listener.close() }
                throw ListenError(address: address, cause: error)
            }
        }
        let opened = added
        open.withLock { $0 += opened }
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

    /// An address may stand there twice, with port 0.
    private func missing(_ addresses: [ListenAddress]) -> [ListenAddress] {
        var there = open.withLock { $0.map(\.address) }
        return addresses.filter { address in
            guard let index = there.firstIndex(of: address) else { return true }
            there.remove(at: index)
            return false
        }
    }

    private func bootstrap(
        _ group: MultiThreadedEventLoopGroup,
        workers: [NIOLoopBoundBox<Worker>],
        state: ListenerState
    ) -> ServerBootstrap {
        ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 1024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    // The errors of accepting come to it first.
                    try channel.pipeline.syncOperations.addHandler(AcceptPause(workers: workers))
                    try channel.pipeline.syncOperations.addHandler(ListenerState.Entrance(state))
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
                    let refusal = self.admit(channel, limits: worker.generation.settings.limits)
                    let handler: any ChannelHandler =
                        if let refusal {
                            RefusedConnection(worker: worker, error: refusal)
                        } else {
                            ClientConnection(worker: worker, listener: state)
                        }
                    try channel.pipeline.syncOperations.addHandler(handler)
                }
            }
    }

    /// Counts a connection until it closes.
    /// - Returns: why it is turned away, if it is.
    private func admit(_ channel: any Channel, limits: ConnectionLimits) -> ProxyError? {
        let open = connections.add(1, ordering: .relaxed).newValue
        channel.closeFuture.whenComplete { _ in self.connections.subtract(1, ordering: .relaxed) }
        if open > limits.connections { return .tooManyConnections }
        // Counted whatever the limit is: a reload may set a lower one.
        guard let address = channel.remoteAddress.flatMap(ClientAddress.init) else { return nil }
        guard clients.enter(address, limit: limits.connectionsPerAddress) else { return .tooManyFromAddress }
        channel.closeFuture.whenComplete { _ in self.clients.leave(address) }
        return nil
    }

    /// Where each listener is bound, with the ports that the system chose.
    var addresses: [ListenAddress] { open.withLock { $0.compactMap(\.boundAddress) } }

    var openConnections: Int { connections.load(ordering: .relaxed) }
}
