import NIOCore
import NIOPosix

/// Gives the addresses of a ``NameWatch`` to NIO for one connection, which tries them by RFC 8305 (happy eyeballs)
/// within the connection's time: IPv6 and IPv4 in turn, the next one when one is refused or takes 250 ms.
struct WatchedNameResolver: Resolver, Sendable {
    private let addresses: EventLoopFuture<[SocketAddress]>

    init(_ watch: NameWatch, eventLoop: any EventLoop) { addresses = watch.addresses(on: eventLoop) }

    func initiateAQuery(host: String, port: Int) -> EventLoopFuture<[SocketAddress]> {
        addresses.map { $0.filter { $0.protocol == .inet } }
    }

    func initiateAAAAQuery(host: String, port: Int) -> EventLoopFuture<[SocketAddress]> {
        addresses.map { $0.filter { $0.protocol == .inet6 } }
    }

    /// There is no query of this connection's own.
    func cancelQueries() {}
}
