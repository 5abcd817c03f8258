import NIOCore
import Testing
import WeirTesting

@testable import WeirUpstream

@Suite struct WaitingQueueTests {
    private final class Call {
        let name: String
        init(_ name: String) { self.name = name }
    }

    private let clock = ManualClock()

    private func arrive(
        _ queue: inout WaitingQueue<Call>,
        _ name: String,
        _ priority: CallPriority = .standard,
        at seat: Int = 0,
        in seconds: Int64 = 10
    ) -> String {
        switch queue.arrive(Call(name), seat, priority, now: clock.now, until: clock.now + .seconds(seconds)) {
        case .waits: "waits"
        case .displaces(let other): "displaces \(other.name)"
        case .refused: "refused"
        }
    }

    private func served(_ queue: inout WaitingQueue<Call>) -> [String] {
        var names: [String] = []
        while let next = queue.popFirst() { names.append(next.waiter.name) }
        return names
    }

    private func expired(_ queue: inout WaitingQueue<Call>) -> [String] {
        queue.expire(now: clock.now).map(\.name)
    }

    @Test("By priority, and first come first served within one")
    func order() {
        var queue = WaitingQueue<Call>(bound: 10)
        for (name, priority) in [
            ("b1", CallPriority.bulk), ("s1", .standard), ("c1", .critical), ("b2", .bulk), ("c2", .critical),
            ("s2", .standard),
        ] {
            #expect(arrive(&queue, name, priority) == "waits")
        }
        #expect(queue.count == 6)
        #expect(served(&queue) == ["c1", "c2", "s1", "s2", "b1", "b2"])
        #expect(queue.isEmpty && queue.nextDeadline == nil)
    }

    @Test("When it is full, the newest of the lowest priority makes room, and only for a higher one")
    func displacement() {
        var queue = WaitingQueue<Call>(bound: 3)
        for (name, priority) in [("b1", CallPriority.bulk), ("b2", .bulk), ("s1", .standard)] {
            _ = arrive(&queue, name, priority)
        }
        #expect(arrive(&queue, "b3", .bulk) == "refused")
        #expect(arrive(&queue, "s2") == "displaces b2")
        #expect(arrive(&queue, "c1", .critical) == "displaces b1")
        #expect(arrive(&queue, "s3") == "refused")
        #expect(arrive(&queue, "c2", .critical) == "displaces s2")
        #expect(arrive(&queue, "c3", .critical) == "displaces s1")
        #expect(arrive(&queue, "c4", .critical) == "refused")
        #expect(queue.count == 3)
        #expect(served(&queue) == ["c1", "c2", "c3"])
    }

    @Test("Without room nobody waits, whatever their priority")
    func noRoom() {
        var queue = WaitingQueue<Call>(bound: 0)
        #expect(arrive(&queue, "c", .critical) == "refused")
    }

    @Test("Whoever has waited too long is taken out of every line, and the rest stays in order")
    func expiry() {
        var queue = WaitingQueue<Call>(bound: 10)
        for (name, priority, seconds) in [
            ("b1", CallPriority.bulk, 1), ("s1", .standard, 5), ("s2", .standard, 2), ("c1", .critical, 9),
        ] {
            _ = arrive(&queue, name, priority, in: Int64(seconds))
        }
        #expect(queue.nextDeadline == clock.now + .seconds(1))
        #expect(expired(&queue) == [])
        clock.advance(by: .seconds(2))
        #expect(expired(&queue) == ["s2", "b1"])
        #expect(queue.count == 2)
        #expect(queue.nextDeadline == clock.now + .seconds(3))
        #expect(served(&queue) == ["c1", "s1"])
    }

    @Test("Leaving may make the next look at the time a vain one, never a late one")
    func leaving() {
        var queue = WaitingQueue<Call>(bound: 10)
        let first = Call("first")
        _ = queue.arrive(first, 0, .bulk, now: clock.now, until: clock.now + .seconds(1))
        _ = arrive(&queue, "second", in: 5)
        let (left, leftAgain) = (queue.remove(first), queue.remove(first))
        #expect(left && !leftAgain)
        clock.advance(by: .seconds(1))
        #expect(expired(&queue) == [])
        #expect(queue.nextDeadline == clock.now + .seconds(4))
        #expect(served(&queue) == ["second"])
    }

    @Test(
        "Of those who came at once, one of the seat that has a connection goes first; who came before that, before it"
    )
    func leeway() {
        var queue = WaitingQueue<Call>(bound: 10)
        for (name, seat, priority) in [
            ("a", 0, CallPriority.standard), ("b", 1, .standard), ("c", 2, .standard), ("d", 1, .critical),
        ] {
            _ = arrive(&queue, name, priority, at: seat)
            clock.advance(by: .milliseconds(4))
        }
        clock.advance(by: .milliseconds(1))
        _ = arrive(&queue, "late", at: 3)
        let order = [2, 2, 3, 3, nil].map { queue.popFirst(preferring: $0)?.waiter.name }
        // The critical one is alone in its line; then c, 8 ms behind a; "late" is 17 ms behind a and 13 behind b.
        #expect(order == ["d", "c", "a", "b", "late"])
    }

    @Test("A crowd is not looked through for one that could go first")
    func reach() {
        var queue = WaitingQueue<Call>(bound: 1000)
        for index in 0..<WaitingQueue<Call>.reach { _ = arrive(&queue, "\(index)", at: 0) }
        _ = arrive(&queue, "own", at: 1)
        let first = queue.popFirst(preferring: 1)?.waiter.name
        let second = queue.popFirst(preferring: 1)?.waiter.name
        #expect(first == "0" && second == "own")
    }

    @Test("A seat that ends takes its own out of every line, and leaves the others in order")
    func removedBySeat() {
        var queue = WaitingQueue<Call>(bound: 10)
        for (name, priority, seat) in [
            ("a1", CallPriority.standard, 0), ("b1", .standard, 1), ("a2", .critical, 0), ("b2", .bulk, 1),
            ("a3", .bulk, 0),
        ] {
            _ = arrive(&queue, name, priority, at: seat)
        }
        let removed = queue.removeAll(at: 0).map(\.name)
        #expect(removed == ["a2", "a1", "a3"])
        #expect(queue.count == 2)
        #expect(served(&queue) == ["b1", "b2"])
    }

    @Test("A bound that has been lowered keeps newcomers out, and nobody who waits")
    func bound() {
        var queue = WaitingQueue<Call>(bound: 2)
        _ = arrive(&queue, "a")
        _ = arrive(&queue, "b")
        queue.bound = 1
        #expect(arrive(&queue, "c") == "refused")
        #expect(queue.count == 2)
        queue.bound = 3
        #expect(arrive(&queue, "c") == "waits")
    }
}
