package import NIOCore
package import WeirHTTP

/// `limits:` of `proxy.conf`: bounds on clients' connections and requests.
package struct ConnectionLimits: Sendable, Equatable {
    /// Client connections at once; one more is closed after a 503.
    package var connections: Int
    /// Streams of one HTTP/2 connection at once.
    package var streams: Int
    package var head: HeadLimits
    /// From a TLS connection's first moment to the end of its handshake.
    package var tlsHandshake: TimeAmount
    /// From the first byte of a head to its last.
    package var headTime: TimeAmount
    /// Between two reads of a request's body.
    package var bodyIdle: TimeAmount
    /// How long a client may take no bytes of a response.
    package var writeIdle: TimeAmount
    /// How long a connection may wait for its next request.
    package var keepAlive: TimeAmount

    package init(
        connections: Int = 10_000,
        streams: Int = 100,
        head: HeadLimits = HeadLimits(),
        tlsHandshake: TimeAmount = .seconds(10),
        headTime: TimeAmount = .seconds(10),
        bodyIdle: TimeAmount = .seconds(30),
        writeIdle: TimeAmount = .seconds(60),
        keepAlive: TimeAmount = .seconds(60)
    ) {
        self.connections = connections
        self.streams = streams
        self.head = head
        self.tlsHandshake = tlsHandshake
        self.headTime = headTime
        self.bodyIdle = bodyIdle
        self.writeIdle = writeIdle
        self.keepAlive = keepAlive
    }
}
