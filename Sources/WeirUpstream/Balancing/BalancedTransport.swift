package import Logging
package import NIOCore
import WeirHTTP

/// Several addresses of one upstream, each with a transport of its own, and their health checks: a call goes to the
/// address that ``BalanceMachine`` chooses. To all others it is one transport.
///
/// Each address has the upstream's whole ``PoolSettings``. A check has a connection beside those, so that a full pool
/// does not make an address unhealthy, and goes past the circuit breaker.
package final class BalancedTransport: Transport {
    private struct Endpoint: Sendable {
        let transport: any Transport
        /// What `Host` names where that is the address's own, and not what the request has already.
        let authority: String?
    }

    private let addresses: Addresses
    private let endpoints: [Endpoint]
    private let checks: HealthChecks?

    /// - Parameters:
    ///   - checkLoop: where the checks run; their transports must work on it.
    ///   - make: a transport to one address, the `url` of the settings that it is given.
    package init(
        settings: UpstreamSettings,
        checkLoop: any EventLoop,
        logger: Logger,
        make: (UpstreamSettings) -> any Transport
    ) {
        let addresses = Addresses(settings: settings, logger: logger)
        self.addresses = addresses
        endpoints = settings.urls.map { url in
            let isOwn = settings.host == .preserve || url.authority == settings.url.authority
            return Endpoint(transport: make(settings.alone(at: url)), authority: isOwn ? nil : url.authority)
        }
        checks = settings.health.map { health in
            HealthChecks(settings: settings, health: health, addresses: addresses, on: checkLoop, make: make)
        }
        checks?.start()
    }

    package func succeed(_ former: any Transport) {
        for endpoint in endpoints { endpoint.transport.succeed(former) }
        guard let former = former as? BalancedTransport else { return }
        addresses.succeed(former.addresses)
    }

    package func start(
        _ request: UpstreamRequest,
        on eventLoop: any EventLoop,
        handler: any UpstreamResponseHandler
    ) -> any UpstreamCall {
        let choice = addresses.choose(request.tried)
        let endpoint = endpoints[choice.address]
        let call = BalancedCall(addresses, choice, request.body, handler: handler)
        let request = endpoint.authority.map { request.with(host: $0) } ?? request
        call.start(request, through: endpoint.transport, on: eventLoop)
        return call
    }

    /// All addresses together.
    package var gauges: PoolGauges {
        endpoints.reduce(into: PoolGauges()) { sum, endpoint in
            let gauges = endpoint.transport.gauges
            sum.active += gauges.active
            sum.idle += gauges.idle
            sum.pending += gauges.pending
            sum.max += gauges.max
        }
    }

    package var pools: [AddressPool] { endpoints.flatMap(\.transport.pools) }

    package var addressSnapshots: [AddressSnapshot] { addresses.snapshots }

    package var hasSoundAddress: Bool { addresses.hasSoundAddress }

    /// Ends the checks, then lets calls under way finish at all addresses at once.
    package func shutdown() async {
        await checks?.stop()
        await withTaskGroup { group in
            for endpoint in endpoints { group.addTask { await endpoint.transport.shutdown() } }
        }
    }
}

extension UpstreamSettings {
    /// The same upstream, if it were at one address.
    func alone(at url: UpstreamURL) -> UpstreamSettings {
        var settings = self
        settings.url = url
        settings.otherURLs = []
        settings.health = nil
        return settings
    }

    /// Whether it takes a ``BalancedTransport`` to call it.
    package var isBalanced: Bool { !otherURLs.isEmpty || health != nil }
}

extension UpstreamRequest {
    /// The same request to another authority. `Host` goes first (RFC 9110 §7.2).
    fileprivate func with(host authority: String) -> UpstreamRequest {
        var request = self
        request.fields = FieldSection()
        request.fields.reserve(
            lines: fields.lines.count + 1,
            bytes: fields.storage.readableBytes + authority.utf8.count + 8
        )
        request.fields.append(.host, authority)
        for line in fields.lines where line.name != .host { request.fields.append(line, of: fields) }
        return request
    }
}
