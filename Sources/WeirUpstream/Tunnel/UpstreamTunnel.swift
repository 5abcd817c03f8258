package import NIOCore

/// An upstream's connection that has switched to another protocol: bytes both ways, whatever they mean. Bound to an
/// event loop: every method must be called on it.
///
/// Its call is over; the connection keeps its place in the pool until it closes.
package protocol UpstreamTunnel: AnyObject {
    /// Whether the upstream takes more now; ``UpstreamTunnelHandler/tunnelWritable(_:)`` tells when that changes.
    var isWritable: Bool { get }
    /// Names who hears of it, at once of what came right behind the switch.
    func begin(_ handler: any UpstreamTunnelHandler)
    func send(_ bytes: ByteBuffer)
    func flush()
    /// Stops (false) and resumes (true) reading.
    func setReading(_ wanted: Bool)
    /// What was sent goes out, and no more comes.
    func closeOutput()
    /// What was sent goes out, then the connection closes.
    func finish()
    func reset()
}

/// Who hears of one tunnel, on its event loop.
package protocol UpstreamTunnelHandler: AnyObject {
    func received(tunnel bytes: ByteBuffer)
    /// Everything that had been read is handed over: a good moment to flush.
    func receivedTunnelBurst()
    func tunnelWritable(_ isWritable: Bool)
    /// The upstream sends no more; it may still receive.
    func tunnelEnded()
    /// The connection is closed: the last word.
    func tunnelLost(_ loss: TunnelLoss)
}

/// How a tunnel's connection came to its end.
package enum TunnelLoss: Sendable, Equatable {
    case closed
    /// Everything that came is whole, but nobody knows whether it is all: TLS ended without a good-bye (RFC 8446 §6.1).
    case cut
    case reset
}
