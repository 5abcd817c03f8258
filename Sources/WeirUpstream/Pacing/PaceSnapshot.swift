/// What an upstream shows of the calls that it keeps within its limits.
package struct PaceSnapshot: Sendable, Equatable {
    /// Waiting now.
    package var waiting: Int
    /// So far; what has not come up is left out.
    package var outcomes: [PaceOutcome: Int]
    /// For so long have those waited that wait no more, all together.
    package var waitSeconds: Double

    package init(waiting: Int = 0, outcomes: [PaceOutcome: Int] = [:], waitSeconds: Double = 0) {
        self.waiting = waiting
        self.outcomes = outcomes
        self.waitSeconds = waitSeconds
    }
}
