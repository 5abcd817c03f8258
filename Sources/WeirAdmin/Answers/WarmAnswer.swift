import WeirProxy

#if canImport(FoundationEssentials)
    package import FoundationEssentials
#else
    package import Foundation
#endif

/// What has become of a warming list so far: a line of the answer to `cache/warm`.
package struct WarmAnswer: Codable, Sendable, Equatable {
    package struct Failure: Codable, Sendable, Equatable {
        /// Its number in the list, from 1 on.
        package var line: Int
        package var reason: String

        package init(line: Int, reason: String) {
            self.line = line
            self.reason = reason
        }
    }

    /// Of the list: nothing comes behind this.
    package var done = false
    /// Those that something has become of.
    package var lines = 0
    package var hits = 0
    package var stored = 0
    /// Answered and not stored, by why.
    package var passed: [String: Int] = [:]
    package var failed = 0
    /// The first of them.
    package var failures: [Failure] = []
    package var costDollars = Decimal.zero
    package var savedDollars = Decimal.zero
    /// AI answers whose cost nobody knows.
    package var unpriced = 0

    package init() {}

    /// With what has become of another part of the same list.
    /// - Parameter linesBefore: the lines of the list that come before that part.
    package func adding(_ part: WarmAnswer, linesBefore: Int) -> WarmAnswer {
        var sum = self
        sum.done = part.done
        sum.lines += part.lines
        sum.hits += part.hits
        sum.stored += part.stored
        sum.passed.merge(part.passed, uniquingKeysWith: +)
        sum.failed += part.failed
        sum.failures += part.failures.map { Failure(line: $0.line + linesBefore, reason: $0.reason) }
        sum.failures = Array(sum.failures.prefix(WarmTotals.toldFailures))
        sum.costDollars += part.costDollars
        sum.savedDollars += part.savedDollars
        sum.unpriced += part.unpriced
        return sum
    }
}

extension WarmAnswer {
    init(_ totals: WarmTotals, isDone: Bool) {
        done = isDone
        lines = totals.lines
        hits = totals.hits
        stored = totals.stored
        passed = totals.passed
        failed = totals.failed
        failures = totals.failures.map { Failure(line: $0.line, reason: $0.reason) }
        costDollars = Dollars(totals.cost).decimal
        savedDollars = Dollars(totals.saved).decimal
        unpriced = totals.unpriced
    }
}
