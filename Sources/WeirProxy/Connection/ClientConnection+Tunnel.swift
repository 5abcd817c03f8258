import NIOCore
import WeirUpstream

/// The connection once it has switched protocols: bytes both ways, counted and not looked at.
extension ClientConnection {
    func switchProtocols(head: consuming ByteBuffer, to upstream: any UpstreamTunnel) {
        skipSentPrefix(of: &head)
        head.writeStaticString("\r\n")
        write(head)
        exchange = nil
        let tunnel = Tunnel(client: self, upstream: upstream)
        self.tunnel = tunnel
        worker.metrics.tunnelsOpened += 1
        arm(.tunnel)
        // What the client sent before it knew that it may.
        let early = inbound
        inbound = ByteBuffer()
        countUntaken()
        tunnel.begin(early: early, isClientEnded: directions.isInputClosed)
        readMoreIfWanted()
    }

    func received(tunnel bytes: ByteBuffer) {
        worker.metrics.tunnelBytesOut += UInt64(bytes.readableBytes)
        write(bytes)
    }

    /// The upstream sends no more: neither does Weir, once everything is out.
    func closeTunnelOutput() {
        guard let context else { return }
        flushIfNeeded()
        directions.closeOutput().carryOut(context)
    }

    func finishTunnel() {
        guard let context else { return }
        flushIfNeeded()
        arm(.lingering)
        directions.finish().carryOut(context)
    }

    /// What was written goes out; that it is all cannot be said.
    func cutTunnel() {
        guard let context else { return }
        flushIfNeeded()
        arm(.lingering)
        ConnectionEnd.cut.carryOut(context)
    }

    func resetTunnel() {
        guard let context else { return }
        ConnectionEnd.reset.carryOut(context)
    }

    /// The client's connection is gone.
    func endTunnel() {
        guard let ended = tunnel else { return }
        tunnel = nil
        worker.metrics.tunnelsClosed += 1
        ended.clientLost(isReset: !directions.isOutputClosed)
    }
}
