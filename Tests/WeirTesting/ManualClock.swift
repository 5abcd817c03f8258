package import NIOCore
import Synchronization
package import WeirHTTP

/// A clock that moves only when a test says so: the monotonic time that machines take as `now`, and the wall clock
/// beside it.
package final class ManualClock: Sendable {
    private let elapsed = Mutex(TimeAmount.zero)
    /// What the wall clock has been set by.
    private let stepped = Mutex(Int64(0))
    private let start: NIODeadline
    private let startOfDay: UnixTime

    /// - Parameter wall: Monday, 2024-01-01 00:00:00 UTC where none is given.
    package init(start: NIODeadline = .uptimeNanoseconds(1_000_000_000_000), wall: UnixTime? = nil) {
        self.start = start
        startOfDay = wall ?? UnixTime(seconds: 1_704_067_200)
    }

    package var now: NIODeadline { start + elapsed.withLock { $0 } }

    /// The wall clock, in whole seconds.
    package var wall: UnixTime {
        let seconds = elapsed.withLock { $0.nanoseconds } / 1_000_000_000
        return UnixTime(seconds: startOfDay.seconds + stepped.withLock { $0 } + seconds)
    }

    package func advance(by amount: TimeAmount) { elapsed.withLock { $0 = $0 + amount } }

    /// Sets the wall clock forward, or back. No time passes.
    package func step(bySeconds seconds: Int64) { stepped.withLock { $0 += seconds } }
}
