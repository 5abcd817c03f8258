package import NIOCore

/// When an address of an upstream gets no more calls for a while, by how its calls end.
package struct EjectionSettings: Sendable, Equatable {
    /// Calls that failed in a row.
    package var failures: Int
    /// How long at first; doubled each time that the address fails again when it returns.
    package var time: TimeAmount
    /// The longest.
    package var timeMax: TimeAmount

    package init(failures: Int = 5, time: TimeAmount = .seconds(30), timeMax: TimeAmount = .minutes(5)) {
        self.failures = failures
        self.time = time
        self.timeMax = timeMax
    }
}
