import NIOCore
import NIOPosix

/// Where the connections of a ``DirectTransport`` go, and whether TLS is spoken there.
struct DirectDestination: Sendable {
    private enum Host {
        /// It needs no looking up.
        case address(SocketAddress)
        case name(NameWatch)
    }

    private let url: UpstreamURL
    private let host: Host
    private let way: SecureWay?

    private init(_ settings: UpstreamSettings, names: NameWatch?, way: SecureWay?) {
        url = settings.url
        self.way = way
        if let names {
            host = .name(names)
        } else if let address = try? SocketAddress(ipAddress: settings.url.host, port: settings.url.port) {
            host = .address(address)
        } else {
            preconditionFailure("Cannot take a host for neither a name nor an address")
        }
    }

    static func plain(_ settings: UpstreamSettings, resolver: any NameResolver) -> DirectDestination {
        DirectDestination(settings, names: .ifNamed(settings, resolver: resolver), way: nil)
    }

    /// - Parameters:
    ///   - names: where the host is one; started and stopped by whoever else goes by them.
    ///   - proxy: on the way there.
    static func secure(_ settings: UpstreamSettings, names: NameWatch?, proxy: OutboundProxy?) -> DirectDestination {
        DirectDestination(settings, names: names, way: SecureWay(settings, proxy: proxy))
    }

    var names: NameWatch? {
        switch host {
        case .address: nil
        case .name(let names): names
        }
    }

    /// Whether a connection may carry another call. Those with TLS are there for what is no call for long.
    var keepsConnections: Bool { way == nil }

    /// - Parameters:
    ///   - patience: until the upstream can be spoken to.
    ///   - call: whom it is for; a handshake ends when it leaves.
    func connect(
        _ bootstrap: ClientBootstrap,
        within patience: TimeAmount,
        for call: DirectCall,
        on eventLoop: any EventLoop
    ) -> EventLoopFuture<any Channel> {
        let deadline = NIODeadline.now() + patience
        let bootstrap = bootstrap.connectTimeout(patience)
        guard let way else { return connect(bootstrap, on: eventLoop) }
        return way.connect(bootstrap, until: deadline, for: call, on: eventLoop) { connect($0, on: $1) }
    }

    private func connect(_ bootstrap: ClientBootstrap, on eventLoop: any EventLoop) -> EventLoopFuture<any Channel> {
        switch host {
        case .address(let address):
            bootstrap.connect(to: address)
        case .name(let names):
            bootstrap.resolver(WatchedNameResolver(names, eventLoop: eventLoop))
                .connect(host: url.host, port: url.port)
        }
    }
}
