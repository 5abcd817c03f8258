package import NIOCore

/// Plain HTTP/1.1 to an upstream nearby, on the caller's own event loop, from a pool of that loop's.
///
/// Each loop has an even share of ``PoolSettings/max`` and ``PoolSettings/pending``, and at least one connection. So no
/// connection, and no response, ever crosses from one loop to another.
package final class DirectTransport: Transport {
    private struct Place: Sendable {
        let eventLoop: any EventLoop
        let loop: NIOLoopBoundBox<DirectLoop>
        let gauges: LoopGauges
    }

    private let settings: UpstreamSettings
    private let destination: DirectDestination
    /// A few places: looking through them is faster than a table.
    private let places: [Place]

    /// - Parameter group: where every caller's event loop comes from.
    package convenience init(
        settings: UpstreamSettings,
        group: any EventLoopGroup,
        resolver: any NameResolver = SystemResolver()
    ) {
        let eventLoops = Array(group.makeIterator())
        let pools = eventLoops.indices.map { index in
            var pool = settings.pool
            pool.max = max(1, DirectTransport.share(of: settings.pool.max, index, eventLoops.count))
            pool.pending = DirectTransport.share(of: settings.pool.pending, index, eventLoops.count)
            return pool
        }
        self.init(settings, eventLoops, pools, .plain(settings, resolver: resolver))
        destination.names?.start()
    }

    /// For calls that have a place in the upstream's pool already, on whichever loop they are.
    /// - Parameter destination: its names are another's to start.
    convenience init(placed settings: UpstreamSettings, group: any EventLoopGroup, destination: DirectDestination) {
        let eventLoops = Array(group.makeIterator())
        var pool = settings.pool
        pool.max = .max
        self.init(settings, eventLoops, eventLoops.map { _ in pool }, destination)
    }

    private init(
        _ settings: UpstreamSettings,
        _ eventLoops: [any EventLoop],
        _ pools: [PoolSettings],
        _ destination: DirectDestination
    ) {
        self.settings = settings
        self.destination = destination
        places = zip(eventLoops, pools).map { eventLoop, pool in
            let gauges = LoopGauges()
            let loop = DirectLoop(
                eventLoop: eventLoop,
                settings: settings,
                maxConnections: pool.max,
                maxPending: pool.pending,
                gauges: gauges,
                destination: destination
            )
            return Place(
                eventLoop: eventLoop,
                loop: NIOLoopBoundBox.makeBoxSendingValue(loop, eventLoop: eventLoop),
                gauges: gauges
            )
        }
    }

    /// What one of `count` takes of a whole that is shared evenly, the first ones taking what is left over.
    private static func share(of whole: Int, _ index: Int, _ count: Int) -> Int {
        whole / count + (index < whole % count ? 1 : 0)
    }

    package func start(
        _ request: UpstreamRequest,
        on eventLoop: any EventLoop,
        handler: any UpstreamResponseHandler
    ) -> any UpstreamCall {
        for place in places where place.eventLoop === eventLoop {
            return place.loop.value.start(request, handler: handler)
        }
        preconditionFailure("Cannot start a call on an event loop of another group")
    }

    package var gauges: PoolGauges {
        var gauges = PoolGauges(max: settings.pool.max)
        for place in places { place.gauges.add(to: &gauges) }
        return gauges
    }

    /// Returns when the last call is over. Cancelling the task ends those that are left with
    /// ``UpstreamError/draining``.
    package func shutdown() async {
        await withTaskCancellationHandler {
            let drained = places.map { place in
                let promise = place.eventLoop.makePromise(of: Void.self)
                place.eventLoop.execute { place.loop.value.drain(promise) }
                return promise.futureResult
            }
            for loop in drained { try? await loop.get() }
            destination.names?.stop()
        } onCancel: {
            // Nobody waits for a lookup then.
            destination.names?.stop()
            for place in places {
                place.eventLoop.execute { place.loop.value.abort() }
            }
        }
    }
}
