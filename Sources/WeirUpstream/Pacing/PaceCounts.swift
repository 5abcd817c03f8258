import NIOCore

/// Calls that an upstream's limits had no room for, and how long they have waited. All event loops add to it.
final class PaceCounts: Sendable {
    private let outcomes = PaceOutcome.allCases.map { _ in Counter() }
    private let waited = Counter()

    init() {}

    func count(_ outcome: PaceOutcome, waited time: TimeAmount) {
        outcomes[outcome.rawValue].increment()
        waited.add(Int(time.nanoseconds / 1000))
    }

    func snapshot(waiting: Int) -> PaceSnapshot {
        let known = PaceOutcome.allCases.map { ($0, outcomes[$0.rawValue].value) }.filter { $0.1 > 0 }
        return PaceSnapshot(
            waiting: waiting,
            outcomes: Dictionary(uniqueKeysWithValues: known),
            waitSeconds: Double(waited.value) / 1_000_000
        )
    }
}
