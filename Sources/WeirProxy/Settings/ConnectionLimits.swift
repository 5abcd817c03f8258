package import NIOCore
package import WeirHTTP

/// `limits:` of `proxy.conf`: bounds on clients' connections and requests.
package struct ConnectionLimits: Sendable, Equatable {
    /// Client connections at once; one more is closed after a 503.
    package var connections: Int
    /// Client connections at once from one address (an IPv6 network of 64 bits).
    package var connectionsPerAddress: Int
    /// Connections that have been refused and are let linger at once, so that the answer arrives; more are closed without
    /// a word.
    package var refusals: Int
    /// Requests on one connection; the last one's response closes it.
    package var requestsPerConnection: Int
    /// Streams of one HTTP/2 connection at once.
    package var streams: Int
    /// Bytes of request bodies that are keys, and of answers on their way to many, over all connections.
    package var memory: Int
    package var head: HeadLimits
    /// From a TLS connection's first moment to the end of its handshake.
    package var tlsHandshake: TimeAmount
    /// From the first byte of a head to its last.
    package var headTime: TimeAmount
    /// How long a client may send less of a body than ``bodyRate``.
    package var bodyIdle: TimeAmount
    /// Bytes of a body a second, the least a client may send; 0: any, as long as something comes within ``bodyIdle``.
    package var bodyRate: Int
    /// How long a client may take less of a response than ``writeRate``.
    package var writeIdle: TimeAmount
    /// Bytes of a response a second, the least a client may take; 0: any.
    package var writeRate: Int
    /// How long a connection may wait for its next request.
    package var keepAlive: TimeAmount
    /// How long a connection that speaks another protocol may be silent in both directions.
    package var tunnelIdle: TimeAmount

    package init(
        connections: Int = 10_000,
        connectionsPerAddress: Int = 10_000,
        refusals: Int = 256,
        requestsPerConnection: Int = 1_000,
        streams: Int = 100,
        memory: Int = 256 << 20,
        head: HeadLimits = HeadLimits(),
        tlsHandshake: TimeAmount = .seconds(10),
        headTime: TimeAmount = .seconds(10),
        bodyIdle: TimeAmount = .seconds(30),
        bodyRate: Int = 240,
        writeIdle: TimeAmount = .seconds(60),
        writeRate: Int = 240,
        keepAlive: TimeAmount = .seconds(60),
        tunnelIdle: TimeAmount = .minutes(10)
    ) {
        self.connections = connections
        self.connectionsPerAddress = connectionsPerAddress
        self.refusals = refusals
        self.requestsPerConnection = requestsPerConnection
        self.streams = streams
        self.memory = memory
        self.head = head
        self.tlsHandshake = tlsHandshake
        self.headTime = headTime
        self.bodyIdle = bodyIdle
        self.bodyRate = bodyRate
        self.writeIdle = writeIdle
        self.writeRate = writeRate
        self.keepAlive = keepAlive
        self.tunnelIdle = tunnelIdle
    }

    /// As they can be kept where so many files may be open, of which every connection is one: what is refused before
    /// they run out is refused with an answer, and the admin listener still has some.
    /// - Parameter upstream: connections that there may be to upstreams.
    package func fitting(files: Int, upstream: Int) -> ConnectionLimits {
        let usable = files - min(64, files / 4)
        let clients = max(usable - upstream, usable / 2)
        guard connections + refusals > clients else { return self }
        var limits = self
        limits.refusals = min(refusals, max(1, clients / 4))
        limits.connections = min(connections, max(1, clients - limits.refusals))
        return limits
    }
}
