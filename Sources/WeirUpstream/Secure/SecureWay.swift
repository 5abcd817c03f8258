import NIOCore
import NIOPosix

/// The way to an `https` upstream: through the proxy that the environment names, if it names one, then TLS.
struct SecureWay: Sendable {
    private let url: UpstreamURL
    private let proxy: OutboundProxy?
    private let tls: UpstreamTLS

    init(_ settings: UpstreamSettings, proxy: OutboundProxy?) {
        url = settings.url
        self.proxy = proxy
        tls = UpstreamTLS(settings)
    }

    /// - Parameters:
    ///   - deadline: for all of it.
    ///   - call: whom the connection is for; it is given up when the call leaves.
    ///   - connectDirectly: where there is no proxy.
    /// - Returns: a channel on `eventLoop` whose peer is the upstream.
    func connect(
        _ bootstrap: ClientBootstrap,
        until deadline: NIODeadline,
        for call: DirectCall,
        on eventLoop: any EventLoop,
        directly connectDirectly: (ClientBootstrap, any EventLoop) -> EventLoopFuture<any Channel>
    ) -> EventLoopFuture<any Channel> {
        let reached: EventLoopFuture<any Channel>
        switch proxy {
        case nil: reached = connectDirectly(bootstrap, eventLoop)
        case .unsupported(let name):
            let reason = "a protocol cannot be switched through a proxy that speaks \(name)"
            return eventLoop.makeFailedFuture(ProxyRefusal(reason: reason))
        case .http(let host, let port, let credentials):
            reached = bootstrap.connect(host: host, port: port).assumeIsolated().flatMap { channel in
                pass(channel, credentials, until: deadline, for: call)
            }.nonisolated()
        }
        return reached.assumeIsolated().flatMap { channel in
            let handshake = tls.beginHandshake(channel, until: deadline)
            giveUp(with: call) { handshake.fail(ChannelError.alreadyClosed, channel) }
            return handshake.done.futureResult.map { channel }
        }.nonisolated()
    }

    private func pass(
        _ channel: any Channel,
        _ credentials: String?,
        until deadline: NIODeadline,
        for call: DirectCall
    ) -> EventLoopFuture<any Channel> {
        let asking = ProxyConnect(on: channel.eventLoop)
        do {
            try channel.pipeline.syncOperations.addHandler(asking, position: .first)
        } catch {
            asking.fail(ProxyRefusal(reason: "the proxy closes the connection"), channel)
        }
        asking.begin(channel, to: url, credentials: credentials, until: deadline)
        giveUp(with: call) { asking.fail(ChannelError.alreadyClosed, channel) }
        return asking.done.futureResult.map { channel }
    }

    private func giveUp(with call: DirectCall, _ giveUp: @escaping () -> Void) {
        if call.isConnecting { call.abandonConnection = giveUp } else { giveUp() }
    }
}
