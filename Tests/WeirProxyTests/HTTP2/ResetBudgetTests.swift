import NIOCore
import Testing

@testable import WeirProxy

@Suite struct ResetBudgetTests {
    @Test("a window has its number, and the next one again")
    func windows() {
        let start = NIODeadline.uptimeNanoseconds(1_000_000_000_000)
        var budget = ResetBudget()
        let first = (0...ResetBudget.count).map { _ in budget.spend(now: start) }
        #expect(first.filter(\.self).count == ResetBudget.count && first.last == false)
        let later = [TimeAmount.zero, .nanoseconds(1)].map { budget.spend(now: start + ResetBudget.window + $0) }
        #expect(later == [false, true])
    }
}
