/// One upstream: its calls, its connections, its circuit breakers and its addresses.
package struct UpstreamStatistics: Sendable, Encodable {
    package var name: String
    package var url: String
    /// Calls begun, those that a breaker refused among them.
    package var requests: UInt64 = 0
    /// Calls ended, by service and outcome; what has not come up is left out.
    package var outcomes: [String: [String: UInt64]] = [:]
    package var pool = PoolStatistics()
    package var breakers: [BreakerStatistics] = []
    /// Empty where there is one, without checks.
    package var addresses: [AddressStatistics] = []

    package init(name: String, url: String) {
        self.name = name
        self.url = url
    }
}
