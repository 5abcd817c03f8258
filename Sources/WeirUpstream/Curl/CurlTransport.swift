package import NIOCore

/// Calls to one upstream through libcurl: TLS with the system's OpenSSL and trust store, HTTP/2 where the upstream
/// speaks it, `HTTPS_PROXY` from the environment.
///
/// A call has a connection to itself while it runs, so `pool.max` bounds both. Calls beyond it wait in order, at most
/// `pool.pending` of them and `pool.pendingWait` each; the rest are ``UpstreamError/busy``.
package final class CurlTransport: Transport {
    private let engine: CurlEngine
    private let upstream: CurlUpstream

    /// - Parameter engine: shared by all transports of the process; not shut down with this one.
    package convenience init(
        settings: UpstreamSettings,
        engine: CurlEngine,
        resolver: any NameResolver = SystemResolver()
    ) {
        self.init(
            settings: settings,
            engine: engine,
            names: .ifNamed(settings, resolver: resolver),
            succession: PoolSuccession(settings)
        )
    }

    /// - Parameters:
    ///   - names: where the host is one; started and stopped here.
    ///   - succession: whose places the calls take.
    init(settings: UpstreamSettings, engine: CurlEngine, names: NameWatch?, succession: PoolSuccession) {
        self.engine = engine
        upstream = CurlUpstream(settings: settings, names: names, succession: succession)
        upstream.names?.start()
    }

    package func start(
        _ request: UpstreamRequest,
        on eventLoop: any EventLoop,
        handler: any UpstreamResponseHandler
    ) -> any UpstreamCall {
        let call = CurlCall(engine: engine, eventLoop: eventLoop, handler: handler)
        call.start(request, upstream)
        return call
    }

    package func succeed(_ former: any Transport) { upstream.succession.succeed(former) }

    package var gauges: PoolGauges { upstream.succession.pool.gauges }

    package var pools: [AddressPool] { [upstream.succession.pool] }

    /// New calls fail with ``UpstreamError/draining``, and so do those under way once the task is cancelled; returns
    /// when all have ended. libcurl has no way to close the idle connections of one upstream: they go when they are too
    /// old, or with the engine.
    package func shutdown() async {
        upstream.close()
        upstream.names?.stop()
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                if !engine.post(.close(upstream, continuation)) { continuation.resume() }
            }
        } onCancel: {
            _ = engine.post(.abandon(upstream))
        }
    }
}
