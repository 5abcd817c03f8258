import NIOCore

/// Connections of one worker that have had their turn of being written to, until the next: a few whenever the event loop
/// has looked at its sockets, first come first served.
///
/// NIO runs an event loop's tasks, and those that they add, until none is left, and only then looks at its sockets
/// again. So work that goes on in tasks of its own lets nobody in; what comes back by a timer does, if that is set
/// behind all other tasks.
final class Turns {
    /// Longer than the loop takes to find that nothing else is to be done; it is lost where nobody else wants anything.
    static let pause = TimeAmount.microseconds(20)
    /// Turns between two looks at the sockets, where those wait who have had none.
    private static let count = 4

    private let eventLoop: any EventLoop
    private var waiting = CircularBuffer<any TurnTaker>()
    private var isDue = false

    init(eventLoop: any EventLoop) { self.eventLoop = eventLoop }

    /// Has ``TurnTaker/beginTurn()`` called when it is this connection's turn again.
    func wait(_ connection: any TurnTaker) {
        waiting.append(connection)
        schedule()
    }

    private func schedule() {
        guard !isDue else { return }
        isDue = true
        eventLoop.assumeIsolated().execute {
            self.eventLoop.assumeIsolated().scheduleTask(in: Self.pause) { self.begin() }
        }
    }

    private func begin() {
        // Who has had one comes again behind the others.
        for _ in 0..<Self.count where !waiting.isEmpty { waiting.removeFirst().beginTurn() }
        isDue = false
        if !waiting.isEmpty { schedule() }
    }
}
