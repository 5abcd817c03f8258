package import NIOCore

/// When a circuit breaker opens and for how long.
package struct BreakerSettings: Sendable, Equatable {
    /// Failures in a row that open it.
    package var failures: Int
    /// Share of failed calls within `window` that opens it, 0...1.
    package var rate: Double
    /// Calls within `window` before `rate` is looked at.
    package var volume: Int
    package var window: TimeAmount
    /// How long it stays open the first time; doubles with each failed probe.
    package var open: TimeAmount
    package var openMax: TimeAmount

    package init(
        failures: Int = 5,
        rate: Double = 0.5,
        volume: Int = 20,
        window: TimeAmount = .seconds(10),
        open: TimeAmount = .seconds(30),
        openMax: TimeAmount = .minutes(5)
    ) {
        self.failures = failures
        self.rate = rate
        self.volume = volume
        self.window = window
        self.open = open
        self.openMax = openMax
    }
}
