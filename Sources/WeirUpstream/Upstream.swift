package import NIOCore

/// One upstream of `proxy.conf`: a transport to it, and the circuit breakers of its services before that.
package final class Upstream: Sendable {
    package let settings: UpstreamSettings
    private let transport: any Transport
    /// One a service, in the order of ``Service/allCases``.
    private let breakers: [Breaker]
    let counts: UpstreamCounts
    private let onRelease: (@Sendable (any Transport) -> Void)?

    /// - Parameters:
    ///   - former: the upstream of the same name before a reload. Its counts go on, and so do its breakers where they
    ///     guard the same URL by the same settings.
    ///   - onRelease: is given the transport once nobody can call this upstream any more.
    package init(
        settings: UpstreamSettings,
        transport: any Transport,
        succeeding former: Upstream? = nil,
        onRelease: (@Sendable (any Transport) -> Void)? = nil
    ) {
        self.settings = settings
        self.transport = transport
        self.onRelease = onRelease
        counts = former?.counts ?? UpstreamCounts()
        breakers = Service.allCases.map { service in
            let wanted = settings.breakerSettings(of: service)
            if let former, former.settings.url == settings.url,
                former.settings.breakerSettings(of: service) == wanted
            {
                return former.breaker(for: service)
            }
            return Breaker(settings: wanted)
        }
    }

    deinit { onRelease?(transport) }

    package var name: String { settings.name }

    /// Begins a call, if the service's breaker lets it through; if not, the handler hears
    /// ``UpstreamError/breakerOpen(retryAfterSeconds:)`` on the loop's next turn. To be called on `eventLoop`.
    /// - Parameter usesBreaker: whether the breaker is asked and told; false where the feature is off.
    package func call(
        _ request: UpstreamRequest,
        service: Service,
        usesBreaker: Bool,
        on eventLoop: any EventLoop,
        handler: any UpstreamResponseHandler
    ) -> any UpstreamCall {
        counts.countBegun(service)
        var ticket: BreakerTicket?
        if usesBreaker {
            switch breaker(for: service).admit(now: .now()) {
            case .admitted(let given): ticket = given
            case .refused(let seconds):
                let call = ObservedCall(self, service, nil, handler: handler)
                call.refuse(retryAfterSeconds: seconds, on: eventLoop)
                return call
            }
        }
        let call = ObservedCall(self, service, ticket, handler: handler)
        call.start(request, through: transport, on: eventLoop)
        return call
    }

    /// Whether a breaker counts an error. One of the connection is an address's affair while another address serves.
    func countsAsFailure(_ error: UpstreamError) -> Bool {
        error.countsAsFailure && !(error.isOfConnection && transport.hasSoundAddress)
    }

    package func breaker(for service: Service) -> Breaker { breakers[service.ordinal] }

    /// Closes the breaker of one service, or of all where `service` is nil, and forgets what they counted.
    /// - Returns: how many were not closed.
    package func resetBreakers(service: Service?) -> Int {
        let chosen = service.map { [breaker(for: $0)] } ?? breakers
        return chosen.count { $0.reset() }
    }

    package func snapshot() -> UpstreamSnapshot {
        let now = NIODeadline.now()
        var snapshot = UpstreamSnapshot(
            name: name,
            url: settings.urls.map(\.description).joined(separator: ", "),
            gauges: transport.gauges,
            breakers: [:],
            requests: 0,
            outcomes: [:],
            addresses: transport.addressSnapshots
        )
        for service in Service.allCases {
            let begun = counts.begun(service)
            snapshot.requests += begun
            let isShown = begun > 0 || service == .other || settings.breakerByService[service] != nil
            if isShown { snapshot.breakers[service] = breaker(for: service).state(now: now) }
            let outcomes = counts.totals(of: service)
            if !outcomes.isEmpty { snapshot.outcomes[service] = outcomes }
        }
        return snapshot
    }

    /// Lets calls under way finish and closes idle connections. Cancelling the task ends what is left.
    package func shutdown() async { await transport.shutdown() }
}
