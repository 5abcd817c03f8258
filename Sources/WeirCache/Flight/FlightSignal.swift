import NIOCore
import Synchronization

/// How to wake one reader, on its own event loop.
final class FlightSignal: Sendable {
    /// Readers woken in one go: what they write leaves before the next are woken, so that of ten thousand readers'
    /// writes only a few wait at any time.
    private static let batch = 64

    private let eventLoop: any EventLoop
    private let wake: @Sendable () -> Void
    private let isSilent = Atomic<Bool>(false)

    init(eventLoop: any EventLoop, wake: @escaping @Sendable () -> Void) {
        self.eventLoop = eventLoop
        self.wake = wake
    }

    /// From now on the reader is not woken, not even by a signal that is already on its way.
    func silence() { isSilent.store(true, ordering: .relaxed) }

    /// Wakes the reader once whoever calls this has returned to the event loop.
    func fireLater() { eventLoop.execute { self.ring() } }

    /// Wakes these readers, those on this event loop at once.
    static func fire(_ signals: [FlightSignal]) {
        guard let first = signals.first else { return }
        if signals.count == 1, first.eventLoop.inEventLoop { return first.ring() }
        var here: [FlightSignal] = []
        var rest = signals
        while let eventLoop = rest.first?.eventLoop {
            let together = rest.filter { $0.eventLoop === eventLoop }
            rest.removeAll { $0.eventLoop === eventLoop }
            if eventLoop.inEventLoop {
                here = together
            } else {
                eventLoop.execute { ring(together[...]) }
            }
        }
        ring(here[...])
    }

    /// On their event loop.
    private static func ring(_ signals: ArraySlice<FlightSignal>) {
        for signal in signals.prefix(batch) { signal.ring() }
        let rest = signals.dropFirst(batch)
        guard let next = rest.first else { return }
        next.eventLoop.execute { ring(rest) }
    }

    private func ring() {
        if !isSilent.load(ordering: .relaxed) { wake() }
    }
}
