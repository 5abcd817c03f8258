package import NIOCore

/// A way to reach one upstream: ``DirectTransport`` or ``CurlTransport``, or several of them in a
/// ``BalancedTransport``.
package protocol Transport: Sendable {
    /// Begins a call whose handler and handle live on `eventLoop`. Must be called on it.
    func start(
        _ request: UpstreamRequest,
        on eventLoop: any EventLoop,
        handler: any UpstreamResponseHandler
    ) -> any UpstreamCall

    /// Connections by state, now; those of the transports in whose stead it comes among them.
    var gauges: PoolGauges { get }

    /// What bounds the calls to its addresses, one an address.
    var pools: [AddressPool] { get }

    /// The upstream's addresses, where they are told apart.
    var addressSnapshots: [AddressSnapshot] { get }

    /// Whether an address is left that serves calls well, after one could not be connected to or broke off: that is
    /// the one address's failure then, and not the upstream's.
    var hasSoundAddress: Bool { get }

    /// Takes over the pools of the addresses that stay, and what is known of these, from the same upstream's transport
    /// before a reload. To be called before the first ``start(_:on:handler:)``; calls under way stay the former's.
    func succeed(_ former: any Transport)

    /// Lets calls under way finish and closes idle connections.
    func shutdown() async
}

/// With one address there is nothing to tell apart.
extension Transport {
    package var addressSnapshots: [AddressSnapshot] { [] }
    package var pools: [AddressPool] { [] }
    package var hasSoundAddress: Bool { false }
    package func succeed(_ former: any Transport) {}
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
