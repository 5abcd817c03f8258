import NIOCore
import Testing
import WeirHTTP

@testable import WeirCache

@Suite struct BufferBudgetTests {
    @Test("what a holder has is counted until it is gone, over the capacity too")
    func accounts() {
        let budget = BufferBudget(capacity: 100)
        var one: BufferAccount? = BufferAccount(budget)
        let two = BufferAccount(budget)
        one?.set(60)
        two.set(30)
        #expect(budget.bytes == 90 && !budget.isExhausted)
        two.set(50)
        #expect(budget.bytes == 110 && budget.isExhausted && two.isBudgetExhausted)
        one = nil
        #expect(budget.bytes == 50 && !budget.isExhausted)
    }

    @Test("a flight is counted by what it holds; without memory it lets go of what its readers have had")
    func flights() {
        let budget = BufferBudget(capacity: 1000)
        var machine = FlightMachine(settings: FlightSettings(window: 10_000, pace: 10_000))
        guard case .joined(let reader, _) = machine.join(isLeader: true) else { return }
        _ = machine.publish(head: ResponseHead(status: 200), isShared: true)
        _ = machine.append(ByteBuffer(repeating: 1, count: 600))
        #expect(machine.isOpen && machine.heldBytes > 600)
        #expect(machine.append(ByteBuffer(repeating: 2, count: 600), keepingAll: false).hasClosed)
        #expect(!machine.isOpen)
        for _ in 0..<3 { _ = machine.next(reader) }
        #expect(machine.heldBytes == 0)
        #expect(!budget.isExhausted)
    }
}
