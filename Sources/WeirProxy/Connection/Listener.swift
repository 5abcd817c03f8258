import NIOCore

#if canImport(Glibc)
    import Glibc
#endif

/// One listening socket.
final class Listener: Sendable {
    /// As the configuration has it; port 0 lets the system choose.
    let address: ListenAddress
    private let channel: any Channel
    private let state: ListenerState

    init(address: ListenAddress, channel: any Channel, state: ListenerState) {
        self.address = address
        self.channel = channel
        self.state = state
    }

    /// Where it is bound, with the port that the system chose.
    var boundAddress: ListenAddress? {
        guard let address = channel.localAddress, let port = address.port else { return nil }
        return ListenAddress(host: address.ipAddress ?? "", port: port)
    }

    /// Closes the socket in a moment in which no connection waits in its queue, or is on its way from there: it would be
    /// reset, though its client has been told that it is connected.
    func close() async {
        state.close()
        for _ in 0..<Self.maxLooks {
            if (try? await closeIfNothingWaits().get()) != false { return }
            try? await Task.sleep(for: .milliseconds(1))
        }
        try? await channel.close().get()
    }

    /// Under a flood of new connections a moment without one may not come.
    private static let maxLooks = 100

    #if canImport(Glibc)
        /// Looks and closes in one turn of the event loop.
        private func closeIfNothingWaits() -> EventLoopFuture<Bool> {
            let (channel, state) = (channel, state)
            guard let options = channel as? any SocketOptionProvider else { return closeAnyhow() }
            return channel.eventLoop.flatSubmit {
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
        private func closeIfNothingWaits() -> EventLoopFuture<Bool> { closeAnyhow() }
    #endif

    private func closeAnyhow() -> EventLoopFuture<Bool> { channel.close().map { true } }
}
