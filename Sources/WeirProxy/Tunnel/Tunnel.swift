import NIOCore
import WeirUpstream

/// A client's and an upstream's connection that speak another protocol with each other. Whoever does not take what it is
/// sent stops the reading of the other. Lives on the event loop of both.
final class Tunnel: UpstreamTunnelHandler {
    /// Nil once it is gone: the upstream may outlive it, to get what was written.
    private var client: ClientConnection?
    private let upstream: any UpstreamTunnel
    private var machine = TunnelMachine()

    init(client: ClientConnection, upstream: any UpstreamTunnel) {
        self.client = client
        self.upstream = upstream
    }

    /// - Parameters:
    ///   - early: what the client sent before the switch.
    ///   - isClientEnded: it has closed its sending side already.
    func begin(early: ByteBuffer, isClientEnded: Bool) {
        if early.readableBytes > 0 {
            received(client: early)
            upstream.flush()
        }
        upstream.begin(self)
        client?.scheduleFlush()
        if isClientEnded { clientEnded() }
    }

    // MARK: The client's side

    var wantsClientBytes: Bool { upstream.isWritable }

    func received(client bytes: ByteBuffer) {
        client?.worker.metrics.tunnelBytesIn += UInt64(bytes.readableBytes)
        client?.arm(.tunnel)
        upstream.send(bytes)
    }

    func clientBurst() { upstream.flush() }

    func clientWritable(_ isWritable: Bool) { upstream.setReading(isWritable) }

    func clientEnded() { carryOut(machine.ended(.client)) }

    /// - Parameter isReset: it did not close in good order.
    func clientLost(isReset: Bool) {
        client = nil
        carryOut(machine.lost(.client, isReset ? .reset : .closed))
    }

    // MARK: The upstream's side

    func received(tunnel bytes: ByteBuffer) {
        client?.arm(.tunnel)
        client?.received(tunnel: bytes)
    }

    func receivedTunnelBurst() { client?.scheduleFlush() }

    func tunnelWritable(_ isWritable: Bool) { if isWritable { client?.readMoreIfWanted() } }

    func tunnelEnded() { carryOut(machine.ended(.upstream)) }

    func tunnelLost(_ loss: TunnelLoss) { carryOut(machine.lost(.upstream, loss)) }

    // MARK: The end

    /// Nobody has said anything for too long, or Weir stops.
    func reset() { carryOut(machine.expired()) }

    private func carryOut(_ action: TunnelMachine.Action) {
        switch action {
        case .none: break
        case .closeOutput(.client): client?.closeTunnelOutput()
        case .closeOutput(.upstream): upstream.closeOutput()
        case .finish(.client): client?.finishTunnel()
        case .finish(.upstream): upstream.finish()
        case .finishBoth:
            upstream.finish()
            client?.finishTunnel()
        case .cut(.client): client?.cutTunnel()
        // Only an upstream's end is told in this way.
        case .cut(.upstream): upstream.reset()
        case .reset(.client): client?.resetTunnel()
        case .reset(.upstream): upstream.reset()
        case .resetBoth:
            upstream.reset()
            client?.resetTunnel()
        }
    }
}
