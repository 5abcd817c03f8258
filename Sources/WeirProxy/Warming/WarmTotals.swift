package import WeirLedger

/// What has become of a warming list so far.
package struct WarmTotals: Sendable, Equatable {
    package struct Failure: Sendable, Equatable {
        /// Its number in the list, from 1 on.
        package var line: Int
        package var reason: String

        package init(line: Int, reason: String) {
            self.line = line
            self.reason = reason
        }
    }

    /// Failures that are told one by one.
    package static let toldFailures = 20

    package var hits = 0
    package var stored = 0
    /// Answered and not stored, by why.
    package var passed: [String: Int] = [:]
    package var failed = 0
    /// The first ``toldFailures`` of them, as they came.
    package var failures: [Failure] = []
    package var cost = Money.zero
    package var saved = Money.zero
    /// AI answers whose cost nobody knows: it is not in ``cost``.
    package var unpriced = 0

    package init() {}

    package var lines: Int { hits + stored + passed.values.reduce(0, +) + failed }

    mutating func count(_ outcome: WarmOutcome, line: Int) {
        switch outcome.kind {
        case .hit: hits += 1
        case .stored: stored += 1
        case .passed(let reason): passed[reason, default: 0] += 1
        case .failed(let reason): fail(line: line, reason)
        }
        cost += outcome.cost ?? .zero
        saved += outcome.saved ?? .zero
        if outcome.isUnpriced { unpriced += 1 }
    }

    mutating func fail(line: Int, _ reason: String) {
        failed += 1
        if failures.count < Self.toldFailures { failures.append(Failure(line: line, reason: reason)) }
    }
}
