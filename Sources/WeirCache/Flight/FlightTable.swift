package import NIOCore
import Synchronization

/// Every flight that can be joined, by what its requests have in common: of any number of concurrent requests for
/// the same, exactly one leads.
///
/// A request that leads has looked into the store before it came here, and the flight before its own may have
/// stored the answer in between: it looks again before it fetches.
package final class FlightTable: Sendable {
    /// Flights whose keys fall together, behind one lock. The lock of a flight may be taken under it, never the
    /// other way round.
    private final class Part: Sendable {
        struct State {
            var flights: [FlightKey: Flight] = [:]
            var unshared = UnsharedKeys()
        }

        let state = Mutex(State())
    }

    private static let partCount = 16

    private let settings: FlightSettings
    private let store: MemoryStore
    private let buffers: BufferBudget?
    private let parts: [Part]
    private let leaders = Atomic<UInt64>(0)
    private let followers = Atomic<UInt64>(0)
    private let released = Atomic<UInt64>(0)
    private let full = Atomic<UInt64>(0)
    private let overdue = Atomic<UInt64>(0)
    private let unshared = Atomic<UInt64>(0)

    /// - Parameters:
    ///   - store: whose purges end the joining of what was begun before them.
    ///   - buffers: what the flights hold is counted there. Once it is taken, a flight that grows lets go of what its
    ///     readers have had, so that nobody can join it any more, and of readers who are far behind.
    package init(settings: FlightSettings, store: MemoryStore, buffers: BufferBudget? = nil) {
        self.settings = settings
        self.store = store
        self.buffers = buffers
        parts = (0..<Self.partCount).map { _ in Part() }
    }

    /// Follows the flight for this key, or leads a new one: where there is none, where the one there is has had no head
    /// for too long, and where the last answer could not be shared, one that nobody else finds.
    /// - Parameters:
    ///   - settings: of the flight that this request may come to lead; the table's where nil.
    ///   - eventLoop: the request's; called on it.
    ///   - wake: called on `eventLoop` when ``FlightReader/next()`` has something.
    package func join(
        _ key: FlightKey,
        settings: FlightSettings? = nil,
        now: NIODeadline = .now(),
        on eventLoop: any EventLoop,
        wake: @escaping @Sendable () -> Void
    ) -> FlightTicket {
        let settings = settings ?? self.settings
        return part(of: key).state.withLock { part in
            if let flight = part.flights[key], flight.isOverdue(now: now) {
                part.flights[key] = nil
                overdue.add(1, ordering: .relaxed)
            }
            let underWay = part.flights[key].flatMap { isPurged($0) ? nil : $0 }
            switch underWay?.follow(on: eventLoop, wake: wake) {
            case .joined(let reader):
                followers.add(1, ordering: .relaxed)
                return .follow(reader)
            case .full:
                full.add(1, ordering: .relaxed)
                return .full
            case .closed, nil:
                break
            }
            guard !part.unshared.contains(key, now: now) else {
                unshared.add(1, ordering: .relaxed)
                let flight = Flight(key: key, settings: settings, buffers: buffers)
                return .lead(flight, flight.lead(on: eventLoop, wake: wake))
            }
            leaders.add(1, ordering: .relaxed)
            let end = settings.leaderAge.map { now + $0 }
            let flight = Flight(key: key, settings: settings, table: self, overdueAt: end, buffers: buffers)
            part.flights[key] = flight
            return .lead(flight, flight.lead(on: eventLoop, wake: wake))
        }
    }

    /// The answer for this key could not be shared, nor is the next one likely to be.
    package func remember(unshared key: FlightKey, settings: FlightSettings, now: NIODeadline) {
        let limit = (settings.maxUnshared + Self.partCount - 1) / Self.partCount
        part(of: key).state.withLock {
            $0.unshared.remember(key, until: now + settings.unsharedTime, now: now, limit: limit)
        }
    }

    /// An answer for this key can be shared after all.
    package func forget(unshared key: FlightKey) {
        part(of: key).state.withLock { $0.unshared.forget(key) }
    }

    /// A request that comes after a write must not be answered with what was asked for before it.
    private func isPurged(_ flight: Flight) -> Bool {
        guard let (subject, mark) = flight.fetched else { return false }
        return store.hasPurged(subject, since: mark)
    }

    package func counts() -> FlightCounts {
        FlightCounts(
            flights: parts.reduce(0) { count, part in count + part.state.withLock { $0.flights.count } },
            leaders: leaders.load(ordering: .relaxed),
            followers: followers.load(ordering: .relaxed),
            released: released.load(ordering: .relaxed),
            full: full.load(ordering: .relaxed),
            overdue: overdue.load(ordering: .relaxed),
            unshared: unshared.load(ordering: .relaxed)
        )
    }

    /// The flight has closed. Another may have its key already.
    func remove(_ flight: Flight) {
        part(of: flight.key).state.withLock { part in
            if part.flights[flight.key] === flight { part.flights[flight.key] = nil }
        }
    }

    func countReleased(_ count: Int) { released.add(UInt64(count), ordering: .relaxed) }

    private func part(of key: FlightKey) -> Part {
        parts[Int(truncatingIfNeeded: key.key.word2) & (Self.partCount - 1)]
    }
}
