package import NIOCore

/// A way to reach one upstream: ``DirectTransport`` or ``CurlTransport``.
package protocol Transport: Sendable {
    /// Begins a call whose handler and handle live on `eventLoop`. Must be called on it.
    func start(
        _ request: UpstreamRequest,
        on eventLoop: any EventLoop,
        handler: any UpstreamResponseHandler
    ) -> any UpstreamCall

    /// Connections by state, now.
    var gauges: PoolGauges { get }

    /// Lets calls under way finish and closes idle connections.
    func shutdown() async
}

/// Connections and calls of one upstream at one moment.
package struct PoolGauges: Sendable, Equatable {
    package var active: Int
    package var idle: Int
    package var pending: Int
    package var max: Int

    package init(active: Int = 0, idle: Int = 0, pending: Int = 0, max: Int = 0) {
        self.active = active
        self.idle = idle
        self.pending = pending
        self.max = max
    }
}
