package import NIOCore

/// Calls to one `https` upstream: through libcurl, all but those that offer to switch protocols, since libcurl gives no
/// more than HTTP. Those have a connection of their own over NIO, with the same TLS, in the same pool, and are no more
/// than any other call to whoever makes them.
package final class SecureTransport: Transport {
    private let curl: CurlTransport
    private let direct: DirectTransport

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
        curl = CurlTransport(settings: settings, engine: engine, names: names)
        let proxy = OutboundProxy.ofEnvironment(for: settings.url)
        direct = DirectTransport(
            placed: settings,
            group: group,
            destination: .secure(settings, names: names, proxy: proxy)
        )
    }

    package func start(
        _ request: UpstreamRequest,
        on eventLoop: any EventLoop,
        handler: any UpstreamResponseHandler
    ) -> any UpstreamCall {
        guard request.upgrade != nil else { return curl.start(request, on: eventLoop, handler: handler) }
        let call = PlacedCall(request, through: direct, on: eventLoop, handler: handler)
        call.start(in: curl)
        return call
    }

    /// Places are counted where they are taken.
    package var gauges: PoolGauges { curl.gauges }

    /// Ends when the last call is over and the last tunnel closed. Cancelling the task ends those that are left.
    package func shutdown() async {
        await curl.shutdown()
        await direct.shutdown()
    }
}
