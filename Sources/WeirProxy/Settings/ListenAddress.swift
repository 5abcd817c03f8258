import NIOCore

/// Where Weir accepts connections.
package struct ListenAddress: Sendable, Equatable {
    /// A name or an address; an IPv6 address without its brackets.
    package var host: String
    package var port: Int

    package init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    package var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

    /// Whether only this machine can reach it. Of names `localhost` alone: another may mean anything.
    package var isLoopback: Bool {
        if host == "localhost" { return true }
        return switch try? SocketAddress(ipAddress: host, port: 0) {
        case .v4: host.hasPrefix("127.")
        case .v6: host == "::1"
        case .unixDomainSocket, nil: false
        }
    }
}
