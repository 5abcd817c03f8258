import NIOCore

/// A tunnel that gives its place in the pool back when its connection closes.
final class PlacedTunnel: UpstreamTunnel, UpstreamTunnelHandler {
    private let tunnel: any UpstreamTunnel
    private var place: CurlCall?
    private var handler: (any UpstreamTunnelHandler)?

    init(_ tunnel: any UpstreamTunnel, place: CurlCall?) {
        self.tunnel = tunnel
        self.place = place
    }

    /// Nobody wants the tunnel: its connection resets itself, and nobody would hear of it.
    func leaveUnlessBegun() { if handler == nil { leave() } }

    private func leave() { exchange(&place, with: nil)?.cancel() }

    // MARK: UpstreamTunnel

    var isWritable: Bool { tunnel.isWritable }

    func begin(_ handler: any UpstreamTunnelHandler) {
        self.handler = handler
        tunnel.begin(self)
    }

    func send(_ bytes: ByteBuffer) { tunnel.send(bytes) }
    func flush() { tunnel.flush() }
    func setReading(_ wanted: Bool) { tunnel.setReading(wanted) }
    func closeOutput() { tunnel.closeOutput() }
    func finish() { tunnel.finish() }
    func reset() { tunnel.reset() }

    // MARK: UpstreamTunnelHandler

    func received(tunnel bytes: ByteBuffer) { handler?.received(tunnel: bytes) }
    func receivedTunnelBurst() { handler?.receivedTunnelBurst() }
    func tunnelWritable(_ isWritable: Bool) { handler?.tunnelWritable(isWritable) }
    func tunnelEnded() { handler?.tunnelEnded() }

    func tunnelLost(_ loss: TunnelLoss) {
        leave()
        exchange(&handler, with: nil)?.tunnelLost(loss)
    }
}
