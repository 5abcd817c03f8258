import NIOCore
import NIOPosix

/// Where the connections of a ``DirectTransport`` go, and whether TLS is spoken there.
struct DirectDestination: Sendable {
    private enum Host {
        /// It needs no looking up.
        case address(SocketAddress)
        case name(NameWatch)
    }

    private let host: Host
    private let tls: UpstreamTLS?

    private init(_ settings: UpstreamSettings, names: NameWatch?, tls: UpstreamTLS?) {
        self.tls = tls
        if let names {
            host = .name(names)
        } else if let address = try? SocketAddress(ipAddress: settings.url.host, port: settings.url.port) {
            host = .address(address)
        } else {
            preconditionFailure("Cannot take a host for neither a name nor an address")
        }
    }

    static func plain(_ settings: UpstreamSettings, resolver: any NameResolver) -> DirectDestination {
        DirectDestination(settings, names: .ifNamed(settings, resolver: resolver), tls: nil)
    }

    /// - Parameter names: where the host is one; started and stopped by whoever else goes by them.
    static func secure(_ settings: UpstreamSettings, names: NameWatch?) -> DirectDestination {
        DirectDestination(settings, names: names, tls: UpstreamTLS(settings))
    }

    var names: NameWatch? {
        switch host {
        case .address: nil
        case .name(let names): names
        }
    }

    /// Whether a connection may carry another call. Those with TLS are there for what is no call for long.
    var keepsConnections: Bool { tls == nil }

    /// - Parameters:
    ///   - patience: for the connection with its handshake.
    ///   - call: whom it is for; a handshake ends when it leaves.
    func connect(
        _ bootstrap: ClientBootstrap,
        to url: UpstreamURL,
        within patience: TimeAmount,
        for call: DirectCall,
        on eventLoop: any EventLoop
    ) -> EventLoopFuture<any Channel> {
        let deadline = NIODeadline.now() + patience
        let bootstrap = bootstrap.connectTimeout(patience)
        let connected =
            switch host {
            case .address(let address):
                bootstrap.connect(to: address)
            case .name(let names):
                bootstrap.resolver(WatchedNameResolver(names, eventLoop: eventLoop))
                    .connect(host: url.host, port: url.port)
            }
        guard let tls else { return connected }
        return connected.assumeIsolated().flatMap { channel in
            let handshake = tls.beginHandshake(channel, until: deadline)
            if call.isConnecting {
                call.abandonConnection = { handshake.fail(ChannelError.alreadyClosed, channel) }
            } else {
                handshake.fail(ChannelError.alreadyClosed, channel)
            }
            return handshake.done.futureResult.map { channel }
        }.nonisolated()
    }
}
