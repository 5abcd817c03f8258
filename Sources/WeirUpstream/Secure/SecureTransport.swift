package import NIOCore

/// Calls to one `https` upstream: through libcurl, all but those that offer to switch protocols, since libcurl gives no
/// more than HTTP. Those have a connection of their own over NIO, with the same TLS, in the same pool, and are no more
/// than any other call to whoever makes them.
package final class SecureTransport: Transport {
    private let curl: CurlTransport
    private let direct: DirectTransport
    /// Of the places of both.
    private let succession: PoolSuccession

    /// - Parameters:
    ///   - engine: shared by all transports of the process; not shut down with this one.
    ///   - group: where every caller's event loop comes from.
    package init(
        settings: UpstreamSettings,
        engine: CurlEngine,
        group: any EventLoopGroup,
        resolver: any NameResolver = SystemResolver()
    ) {
        let names = NameWatch.ifNamed(settings, resolver: resolver)
        let succession = PoolSuccession(settings)
        self.succession = succession
        curl = CurlTransport(settings: settings, engine: engine, names: names, succession: succession)
        let proxy = OutboundProxy.ofEnvironment(for: settings.url)
        direct = DirectTransport(
            settings,
            group: group,
            destination: .secure(settings, names: names, proxy: proxy),
            succession: succession
        )
    }

    package func succeed(_ former: any Transport) { succession.succeed(former) }

    package func start(
        _ request: UpstreamRequest,
        on eventLoop: any EventLoop,
        handler: any UpstreamResponseHandler
    ) -> any UpstreamCall {
        request.upgrade == nil
            ? curl.start(request, on: eventLoop, handler: handler)
            : direct.start(request, on: eventLoop, handler: handler)
    }

    package var gauges: PoolGauges { succession.pool.gauges }

    package var pools: [AddressPool] { [succession.pool] }

    /// Ends when the last call is over and the last tunnel closed. Cancelling the task ends those that are left.
    package func shutdown() async {
        await curl.shutdown()
        await direct.shutdown()
    }
}
