import NIOCore
import WeirOpenAI

/// A stored stream on its way out at a pace, and the one timer that it has. Lives on one event loop.
final class PacedReplay {
    /// Nobody sees less; frames that are due within it leave together.
    private static let least = TimeAmount.milliseconds(1)

    var pace: ReplayPace
    private var timer: Scheduled<Void>?

    init(_ pace: ReplayPace) { self.pace = pace }

    /// Calls back once, in place of any time before.
    func wake(in wait: TimeAmount, on eventLoop: any EventLoop, _ action: @escaping () -> Void) {
        cancel()
        timer = eventLoop.assumeIsolated().scheduleTask(in: max(wait, Self.least)) { action() }
    }

    func cancel() {
        timer?.cancel()
        timer = nil
    }
}
