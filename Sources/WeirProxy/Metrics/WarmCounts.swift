/// Requests of warming lists by what has become of them, as ``WarmTotals`` tells them apart.
package struct WarmCounts: Sendable, Equatable {
    package private(set) var hits: UInt64 = 0
    package private(set) var stored: UInt64 = 0
    package private(set) var passed: UInt64 = 0
    package private(set) var failed: UInt64 = 0

    mutating func count(_ kind: WarmOutcome.Kind) {
        switch kind {
        case .hit: hits += 1
        case .stored: stored += 1
        case .passed: passed += 1
        case .failed: failed += 1
        }
    }

    mutating func add(_ other: WarmCounts) {
        hits += other.hits
        stored += other.stored
        passed += other.passed
        failed += other.failed
    }
}
