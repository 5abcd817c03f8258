/// Where a Redis listens.
package struct RedisEndpoint: Sendable, Hashable {
    /// Redis' own port.
    package static let standardPort = 6379

    /// A name or an address; an IPv6 address without its brackets.
    package var host: String
    package var port: Int

    package init(host: String, port: Int = RedisEndpoint.standardPort) {
        self.host = host
        self.port = port
    }
}

extension RedisEndpoint: CustomStringConvertible {
    /// `host:port`, as logs and statistics name it.
    package var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
