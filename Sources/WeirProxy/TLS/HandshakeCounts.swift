import Synchronization

/// Counts handshakes by their outcome, from any thread.
final class HandshakeCounts: Sendable {
    private let counts = Mutex<[HandshakeOutcome: UInt64]>([:])

    func add(_ outcome: HandshakeOutcome) { counts.withLock { $0[outcome, default: 0] += 1 } }

    /// Every outcome, those that never were too.
    var values: [HandshakeOutcome: UInt64] {
        let zeroes = HandshakeOutcome.allCases.map { ($0, UInt64(0)) }
        return counts.withLock { $0.merging(zeroes) { counted, _ in counted } }
    }
}
