import NIOCore
import NIOPosix
import Synchronization

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

    /// Closes the socket when no connection waits in its queue or is on its way from there: it would be reset, though its
    /// client has been told that it is connected. Clients that come meanwhile find it closed when they try again.
    func close() async {
        state.close()
        guard let channel = bound.withLock({ $0 }) else { return }
        try? await channel.refuseHandshakes()
        var (looks, quiet) = (0, 0)
        while quiet < Self.quietLooks, looks < Self.maxLooks {
            looks += 1
            quiet = await isQuiet(channel) ? quiet + 1 : 0
            try? await Task.sleep(for: .milliseconds(1))
        }
        try? await channel.close().get()
    }

    /// A millisecond each. The last handshakes that began may take a way there and back before they are in the queue, and
    /// accepting may pause for half a second.
    private static let quietLooks = 20
    private static let maxLooks = 1000

    private func isQuiet(_ channel: any Channel) async -> Bool {
        let waiting = try? await channel.waitingConnections()
        return waiting ?? 0 == 0 && !state.isHandingOver
    }
}
