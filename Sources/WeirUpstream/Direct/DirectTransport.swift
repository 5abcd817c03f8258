package import NIOCore

/// Plain HTTP/1.1 to an upstream nearby, on the caller's own event loop, from a pool of that loop's.
///
/// All loops share the places of an ``AddressPool``, and each has the connections that it has opened. So calls go in
/// their order whatever their loops, and no connection, and no response, ever crosses from one loop to another.
package final class DirectTransport: Transport {
    private struct Place: Sendable {
        let eventLoop: any EventLoop
        let loop: NIOLoopBoundBox<DirectLoop>
    }

    private let succession: PoolSuccession
    private let destination: DirectDestination
    /// A few places: looking through them is faster than a table.
    private let places: [Place]

    /// - Parameter group: where every caller's event loop comes from.
    package convenience init(
        settings: UpstreamSettings,
        group: any EventLoopGroup,
        resolver: any NameResolver = SystemResolver()
    ) {
        let destination = DirectDestination.plain(settings, resolver: resolver)
        self.init(settings, group: group, destination: destination, succession: PoolSuccession(settings))
        destination.names?.start()
    }

    /// - Parameters:
    ///   - destination: its names are another's to start.
    ///   - succession: whose places the calls take.
    init(
        _ settings: UpstreamSettings,
        group: any EventLoopGroup,
        destination: DirectDestination,
        succession: PoolSuccession
    ) {
        self.succession = succession
        self.destination = destination
        places = group.makeIterator().map { eventLoop in
            let loop = DirectLoop(
                eventLoop: eventLoop,
                settings: settings,
                succession: succession,
                destination: destination
            )
            return Place(
                eventLoop: eventLoop,
                loop: NIOLoopBoundBox.makeBoxSendingValue(loop, eventLoop: eventLoop)
            )
        }
    }

    package func succeed(_ former: any Transport) { succession.succeed(former) }

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

    package var gauges: PoolGauges { succession.pool.gauges }

    package var pools: [AddressPool] { [succession.pool] }

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
