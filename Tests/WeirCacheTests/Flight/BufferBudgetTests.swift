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
        #expect(two.set(40) == true && budget.isExhausted)
        #expect(two.set(50) == false)
        #expect(budget.bytes == 110 && budget.isExhausted && two.isBudgetExhausted)
        one = nil
        #expect(budget.bytes == 50 && !budget.isExhausted)
    }

    @Test("without memory a flight lets go of what its readers have had, and of readers who are far behind")
    func flights() {
        var machine = FlightMachine(settings: FlightSettings(window: 10_000, pace: 1_000))
        guard case .joined(let reader, _) = machine.join(isLeader: true),
            case .joined(let slow, _) = machine.join(isLeader: false)
        else { return }
        _ = machine.publish(head: ResponseHead(status: 200), isShared: true)
        _ = machine.append(ByteBuffer(repeating: 1, count: 600))
        #expect(machine.isOpen && machine.heldBytes > 600)
        #expect(machine.append(ByteBuffer(repeating: 2, count: 600), keepingAll: false).hasClosed)
        #expect(!machine.isOpen)
        // Nobody is ahead of anybody yet.
        for _ in 0..<3 { _ = machine.next(reader) }
        _ = machine.append(ByteBuffer(repeating: 3, count: 10), keepingAll: false)
        guard case .failed(let error)? = machine.next(slow), case FlightError.tooSlow = error else {
            Issue.record("the slow reader is still there")
            return
        }
        _ = machine.next(reader)
        #expect(machine.heldBytes == 0)
    }
}
