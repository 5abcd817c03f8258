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
        self.init(settings: settings, engine: engine, names: .ifNamed(settings, resolver: resolver))
    }

    /// - Parameter names: where the host is one; started and stopped here.
    init(settings: UpstreamSettings, engine: CurlEngine, names: NameWatch?) {
        self.engine = engine
        upstream = CurlUpstream(settings: settings, names: names)
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

    /// Takes a place for a connection that libcurl knows nothing of, in the same queue as any call.
    /// - Parameters:
    ///   - handler: hears a failure, where the place does not come or is to be given back.
    ///   - onPlaced: called once the place is there.
    /// - Returns: gives the place back by ``CurlCall/cancel()``.
    func takePlace(
        for request: UpstreamRequest,
        on eventLoop: any EventLoop,
        handler: any UpstreamResponseHandler,
        onPlaced: @escaping () -> Void
    ) -> CurlCall {
        let call = CurlCall(engine: engine, eventLoop: eventLoop, handler: handler, onPlaced: onPlaced)
        call.start(request, upstream)
        return call
    }

    package var gauges: PoolGauges { upstream.gauges }

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
