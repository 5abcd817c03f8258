import Foundation
import Testing

@testable import WeirAdmin

@Suite("Answers about warming lists")
struct WarmAnswerTests {
    @Test("The totals of a list's parts add up, each failure with its line in the list")
    func parts() {
        var part = WarmAnswer()
        part.lines = 3
        part.hits = 1
        part.passed = ["no-store": 1]
        part.failed = 1
        part.failures = [.init(line: 2, reason: "500")]
        part.costDollars = 2
        part.unpriced = 1
        part.done = true
        let sum = part.adding(part, linesBefore: 10)
        #expect(sum.lines == 6 && sum.hits == 2 && sum.passed == ["no-store": 2] && sum.failed == 2 && sum.done)
        #expect(sum.failures.map(\.line) == [2, 12] && sum.costDollars == 4 && sum.unpriced == 2)
    }
}
