/// One upstream: its calls, its connections, its circuit breakers and its addresses.
package struct UpstreamStatistics: Sendable, Encodable {
    package var name: String
    package var url: String
    /// Calls begun, retries and those that a limit, a breaker or a cool-down refused among them.
    package var requests: UInt64 = 0
    /// Calls ended, by service and outcome; what has not come up is left out.
    package var outcomes: [String: [String: UInt64]] = [:]
    /// Retries by what became of them.
    package var retries: [String: UInt64] = [:]
    /// Calls to a route's fallback upstream in place of this one, by what came of them.
    package var fallbacks: [String: UInt64] = [:]
    /// Credentials that cool down after a 429, by service; services with none are left out.
    package var coolingDown: [String: Int] = [:]
    package var pacing = PaceStatistics()
    package var pool = PoolStatistics()
    package var breakers: [BreakerStatistics] = []
    /// Empty where there is one, without checks.
    package var addresses: [AddressStatistics] = []

    package init(name: String, url: String) {
        self.name = name
        self.url = url
    }
}
