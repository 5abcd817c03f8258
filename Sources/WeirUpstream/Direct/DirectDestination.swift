import NIOCore
import NIOPosix

/// Where the connections of a ``DirectTransport`` go.
enum DirectDestination: Sendable {
    /// The host is an address and needs no looking up.
    case address(SocketAddress)
    case name(NameWatch)

    init(_ settings: UpstreamSettings, resolver: any NameResolver) {
        if let names = NameWatch.ifNamed(settings, resolver: resolver) {
            self = .name(names)
        } else if let address = try? SocketAddress(ipAddress: settings.url.host, port: settings.url.port) {
            self = .address(address)
        } else {
            preconditionFailure("Cannot take a host for neither a name nor an address")
        }
    }

    var names: NameWatch? {
        switch self {
        case .address: nil
        case .name(let names): names
        }
    }

    func connect(_ bootstrap: ClientBootstrap, to url: UpstreamURL, on eventLoop: any EventLoop)
        -> EventLoopFuture<any Channel>
    {
        switch self {
        case .address(let address):
            bootstrap.connect(to: address)
        case .name(let names):
            bootstrap.resolver(WatchedNameResolver(names, eventLoop: eventLoop))
                .connect(host: url.host, port: url.port)
        }
    }
}
