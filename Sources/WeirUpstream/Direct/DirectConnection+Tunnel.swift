import NIOCore
import WeirHTTP

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The connection once it has switched protocols.
extension DirectConnection: UpstreamTunnel {
    private static let lingering = TimeAmount.seconds(5)

    /// A 101: the call is over, and what follows is another protocol's (RFC 9110 §7.8).
    func switchProtocols(_ head: ResponseHead) {
        guard let call, let offer = call.request.upgrade, offer.isAccepted(by: head), let context else {
            return fail(.malformed("switches to a protocol that was not offered"))
        }
        disarm()
        isBurstOpen = false
        isTunnel = true
        try? context.channel.syncOptions?.setOption(.allowRemoteHalfClosure, value: true)
        takeCall()?.finish()?.received(switching: head, to: self)
        if tunnelHandler == nil { reset() }
    }

    var isWritable: Bool { context?.channel.isWritable ?? false }

    func begin(_ handler: any UpstreamTunnelHandler) {
        tunnelHandler = handler
        setReading(true, now: .now())
        guard input.readableBytes > 0 else { return }
        let early = input
        input = ByteBuffer()
        handler.received(tunnel: early)
        handler.receivedTunnelBurst()
    }

    func send(_ bytes: ByteBuffer) {
        guard !isClosed else { return }
        context?.write(wrapOutboundOut(bytes), promise: nil)
    }

    func flush() { context?.flush() }

    func setReading(_ wanted: Bool) { setReading(wanted, now: .now()) }

    func closeOutput() {
        guard let context, !isClosed else { return }
        directions.closeOutput().carryOut(context)
    }

    func finish() {
        guard let context, !isClosed else { return }
        directions.finish().carryOut(context)
        // An upstream that does not take the last bytes must not keep the connection.
        timer = context.eventLoop.assumeIsolated().scheduleTask(in: DirectConnection.lingering) { self.reset() }
    }

    func reset() {
        guard !isClosed, let channel = context?.channel else { return }
        loss = .reset
        guard let options = channel as? any SocketOptionProvider else { return channel.closeTransport() }
        options.setSoLinger(linger(l_onoff: 1, l_linger: 0)).whenComplete { _ in channel.closeTransport() }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if isTunnel, let event = event as? ChannelEvent {
            directions.heard(event).carryOut(context)
            if case .inputClosed = event { tunnelHandler?.tunnelEnded() }
        }
        context.fireUserInboundEventTriggered(event)
    }

    /// Its place in the pool is free again.
    func tunnelClosed() {
        retire()
        exchangeTunnelHandler()?.tunnelLost(loss)
    }

    private func exchangeTunnelHandler() -> (any UpstreamTunnelHandler)? {
        defer { tunnelHandler = nil }
        return tunnelHandler
    }
}
