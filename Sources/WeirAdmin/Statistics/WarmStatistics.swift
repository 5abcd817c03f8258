import WeirProxy

/// Requests of warming lists.
package struct WarmStatistics: Sendable, Encodable, Equatable {
    package var hits: UInt64 = 0
    package var stored: UInt64 = 0
    package var passed: UInt64 = 0
    package var failed: UInt64 = 0

    package init() {}
}

extension WarmStatistics {
    init(_ counts: WarmCounts) {
        hits = counts.hits
        stored = counts.stored
        passed = counts.passed
        failed = counts.failed
    }
}
