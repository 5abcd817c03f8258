/// What an upstream shows of itself.
package struct UpstreamSnapshot: Sendable, Equatable {
    package var name: String
    /// `scheme://host[:port][/path]`, of several addresses each, with commas between them.
    package var url: String
    package var gauges: PoolGauges
    /// Of the services that have had a call or have settings of their own, and of `other`.
    package var breakers: [Service: BreakerSnapshot]
    /// Calls begun, retries and those refused by a breaker or a cool-down among them.
    package var requests: Int
    /// Calls ended, by service and outcome; what has not come up is left out.
    package var outcomes: [Service: [UpstreamOutcome: Int]]
    /// Empty where there is one, without checks.
    package var addresses: [AddressSnapshot]
    package var retries: [RetryOutcome: Int]
    /// Calls that went to a route's fallback upstream because this one failed.
    package var fallbacks: [FallbackOutcome: Int]
    /// Credentials that cool down after a 429 now, by service; services with none are left out.
    package var coolingDown: [Service: Int]
    package var pacing: PaceSnapshot

    package init(
        name: String,
        url: String,
        gauges: PoolGauges,
        breakers: [Service: BreakerSnapshot],
        requests: Int,
        outcomes: [Service: [UpstreamOutcome: Int]],
        addresses: [AddressSnapshot] = [],
        retries: [RetryOutcome: Int] = [:],
        fallbacks: [FallbackOutcome: Int] = [:],
        coolingDown: [Service: Int] = [:],
        pacing: PaceSnapshot = PaceSnapshot()
    ) {
        self.name = name
        self.url = url
        self.gauges = gauges
        self.breakers = breakers
        self.requests = requests
        self.outcomes = outcomes
        self.addresses = addresses
        self.retries = retries
        self.fallbacks = fallbacks
        self.coolingDown = coolingDown
        self.pacing = pacing
    }

    /// Calls ended with this outcome, over all services.
    package func count(_ outcome: UpstreamOutcome) -> Int {
        outcomes.values.reduce(0) { $0 + ($1[outcome] ?? 0) }
    }

    /// Calls in which the upstream, or the way to it, failed.
    package var failures: Int {
        UpstreamOutcome.allCases.filter(\.isFailure).reduce(0) { $0 + count($1) }
    }
}
