import NIOCore
import NIOPosix
import Synchronization

#if canImport(Glibc)
    import Glibc
#endif

/// One listening socket, and what is served there.
final class Listener: Sendable {
    /// As the configuration has it; port 0 lets the system choose.
    let address: ListenAddress
    let state = ListenerState()
    private let offered: Mutex<ListenerService>
    /// nil before it is bound.
    private let bound = Mutex<(any Channel)?>(nil)

    init(_ service: ListenerService) {
        address = service.settings.address
        offered = Mutex(service)
    }

    /// For the next connection.
    var service: ListenerService { offered.withLock { $0 } }

    /// Connections that are accepted from now on are served so; the others go on with what they began with.
    func change(to service: ListenerService) { offered.withLock { $0 = service } }

    func bind(_ bootstrap: ServerBootstrap) async throws {
        let channel = try await bootstrap.bind(host: address.host, port: address.port).get()
        bound.withLock { $0 = channel }
    }

    /// Where it is bound, with the port that the system chose.
    var boundAddress: ListenAddress? {
        guard let address = bound.withLock({ $0 })?.localAddress, let port = address.port else { return nil }
        return ListenAddress(host: address.ipAddress ?? "", port: port)
    }

    /// Closes the socket in a moment in which no connection waits in its queue, or is on its way from there: it would be
    /// reset, though its client has been told that it is connected.
    func close() async {
        state.close()
        guard let channel = bound.withLock({ $0 }) else { return }
        for _ in 0..<Self.maxLooks {
            if (try? await closeIfNothingWaits(channel).get()) != false { return }
            try? await Task.sleep(for: .milliseconds(1))
        }
        try? await channel.close().get()
    }

    /// Under a flood of new connections a moment without one may not come.
    private static let maxLooks = 100

    #if canImport(Glibc)
        /// Looks and closes in one turn of the event loop.
        private func closeIfNothingWaits(_ channel: any Channel) -> EventLoopFuture<Bool> {
            guard let options = channel as? any SocketOptionProvider else { return closeAnyhow(channel) }
            return channel.eventLoop.flatSubmit { [state] in
                options.getTCPInfo().flatMap { info in
                    // Of a listening socket: connections in its queue.
                    guard info.tcpi_unacked == 0, !state.isHandingOver else {
                        return channel.eventLoop.makeSucceededFuture(false)
                    }
                    return channel.close().map { true }
                }
            }
        }
    #else
        private func closeIfNothingWaits(_ channel: any Channel) -> EventLoopFuture<Bool> { closeAnyhow(channel) }
    #endif

    private func closeAnyhow(_ channel: any Channel) -> EventLoopFuture<Bool> { channel.close().map { true } }
}
