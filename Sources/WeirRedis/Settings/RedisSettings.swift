package import NIOCore
package import WeirUpstream

/// How a ``RedisClient`` reaches its servers, and what bounds it.
package struct RedisSettings: Sendable, Equatable {
    package enum Place: Sendable, Equatable {
        case single(RedisEndpoint)
        /// Nodes to learn the others from: at least one; those that are down are passed over.
        case cluster([RedisEndpoint])
    }

    package var place: Place
    /// Of an ACL (Redis 6); nil for the default user.
    package var username: String?
    package var password: String?
    /// A cluster has only 0.
    package var database: Int
    /// TLS 1.2 at least; the server's certificate has to be for the endpoint's host.
    package var isSecure: Bool
    /// PEM: the authorities that alone are trusted, read again for every handshake; the system's where nil.
    package var caFile: String?
    /// For each event loop and node. Commands are pipelined, so one carries whatever a loop sends.
    package var connections: Int
    /// For a connection until it carries commands: name, TCP, TLS, password.
    package var connectTimeout: TimeAmount
    /// For a command, from ``RedisClient/send(_:timeout:on:_:)`` to its reply, where its sender does not say. Enough for a
    /// large value over a network that others use too; who has a client waiting says less.
    package var timeout: TimeAmount
    /// Commands that wait for replies, a connection.
    package var pending: Int
    /// Bytes of commands that wait for replies, a connection; those that are not sent yet are among them.
    package var pendingBytes: Int
    /// The largest value, in bytes, that is read.
    package var bulk: Int
    /// How long a connection whose oldest command has timed out may stay silent before it is closed.
    package var stall: TimeAmount
    /// How often a subscription's connection is asked for a sign of life, and how long it may take to give one.
    package var heartbeat: TimeAmount
    /// Of each node.
    package var breaker: BreakerSettings

    package init(
        place: Place,
        username: String? = nil,
        password: String? = nil,
        database: Int = 0,
        isSecure: Bool = false,
        caFile: String? = nil,
        connections: Int = 1,
        connectTimeout: TimeAmount = .milliseconds(100),
        timeout: TimeAmount = .milliseconds(100),
        pending: Int = 10_000,
        pendingBytes: Int = 64 << 20,
        bulk: Int = 64 << 20,
        stall: TimeAmount = .seconds(1),
        heartbeat: TimeAmount = .seconds(1),
        breaker: BreakerSettings = BreakerSettings(failures: 5, open: .milliseconds(500), openMax: .seconds(10))
    ) {
        self.place = place
        self.username = username
        self.password = password
        self.database = database
        self.isSecure = isSecure
        self.caFile = caFile
        self.connections = connections
        self.connectTimeout = connectTimeout
        self.timeout = timeout
        self.pending = pending
        self.pendingBytes = pendingBytes
        self.bulk = bulk
        self.stall = stall
        self.heartbeat = heartbeat
        self.breaker = breaker
    }
}
