/// One Redis server: its connections and its circuit breaker.
package struct RedisNodeStatistics: Sendable, Encodable, Equatable {
    package var address: String
    package var up = 0
    package var connecting = 0
    package var waiting = 0
    /// `closed`, `half_open` or `open`.
    package var breaker: String
    /// 0 closed, 1 half-open, 2 open.
    package var breakerValue: Int
    /// Changes of the breaker's state so far.
    package var breakerTransitions = 0

    private enum CodingKeys: CodingKey { case address, up, connecting, waiting, breaker, breakerTransitions }

    package init(address: String, breaker: String = "closed", breakerValue: Int = 0) {
        self.address = address
        self.breaker = breaker
        self.breakerValue = breakerValue
    }
}
