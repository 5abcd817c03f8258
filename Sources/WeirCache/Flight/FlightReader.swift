package import NIOCore
import Synchronization

/// One reader's place in a flight. It pulls; a wake on its event loop tells it when pulling is worth while.
///
///     wake → next → next → … → nil         and again, until an event that is the last
///
/// Everything is called on the reader's event loop. Letting go of a reader is leaving too.
package final class FlightReader: Sendable {
    package let isLeader: Bool
    private let flight: Flight
    private let id: FlightMachine.ReaderID
    private let signal: FlightSignal
    private let isDone = Atomic<Bool>(false)

    init(isLeader: Bool, flight: Flight, id: FlightMachine.ReaderID, signal: FlightSignal) {
        self.isLeader = isLeader
        self.flight = flight
        self.id = id
        self.signal = signal
    }

    deinit { leave() }

    /// From when on, with no head come, it is better to leave and join again: the first to do so leads a new flight.
    package var overdueAt: NIODeadline? { flight.overdueAt }

    /// The next event; nil when there is none now, and a wake will come unless the last one has been given. A reader
    /// that stops before nil has to come back on its own; until it does it is woken once at most.
    package func next() -> FlightEvent? {
        guard !isDone.load(ordering: .relaxed), let event = flight.next(id) else { return nil }
        switch event {
        case .head, .chunk:
            break
        case .end, .answer, .released, .failed:
            isDone.store(true, ordering: .relaxed)
            signal.silence()
        }
        return event
    }

    /// Stops reading: no wake comes any more. Harmless after the last event, and when repeated.
    package func leave() {
        guard !isDone.exchange(true, ordering: .relaxed) else { return }
        signal.silence()
        flight.leave(id)
    }
}
