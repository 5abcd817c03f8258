import NIOCore
import Testing
import WeirTesting

@testable import WeirUpstream

/// Transcripts over connections that are nothing but names.
@Suite struct PoolMachineTests {
    private final class Connection: Equatable {
        let name: String
        init(_ name: String) { self.name = name }
        static func == (left: Connection, right: Connection) -> Bool { left === right }
    }

    private typealias Machine = PoolMachine<Connection>

    private let clock = ManualClock()
    private let a = Connection("a")
    private let b = Connection("b")
    private let c = Connection("c")

    /// Connecting, leased, idle.
    private func counts(_ machine: borrowing Machine) -> [Int] {
        [machine.connectingCount, machine.leasedCount, machine.idleCount]
    }

    /// With these idle, the first for longest, a second between one and the next.
    private func machine(idle: [Connection]) -> Machine {
        var machine = Machine(idleTime: .seconds(30))
        for _ in idle {
            machine.connecting()
            machine.connected()
        }
        for connection in idle {
            machine.park(connection, now: clock.now)
            clock.advance(by: .seconds(1))
        }
        return machine
    }

    private func nextExpiry(_ machine: borrowing Machine) -> NIODeadline? { machine.nextExpiry }

    @Test("From the way up to the end")
    func life() {
        var machine = Machine(idleTime: .seconds(30))
        machine.connecting()
        machine.connecting()
        #expect(counts(machine) == [2, 0, 0])
        machine.connected()
        machine.connectFailed()
        #expect(counts(machine) == [0, 1, 0])
        machine.park(a, now: clock.now)
        #expect(counts(machine) == [0, 0, 1])
        #expect(machine.lease() == a)
        machine.discard()
        #expect(counts(machine) == [0, 0, 0])
        let isEmpty = machine.isEmpty
        #expect(isEmpty)
    }

    @Test("The connection used last is used next")
    func lastInFirstOut() {
        var machine = machine(idle: [a, b])
        let (first, second) = (machine.lease(), machine.lease())
        #expect(first == b && second == a)
        #expect(counts(machine) == [0, 2, 0])
    }

    @Test("An idle connection that closes is not handed out")
    func idleClosed() {
        var machine = machine(idle: [a, b])
        machine.idleClosed(b)
        #expect(machine.lease() == a)
        #expect(counts(machine) == [0, 1, 0])
    }

    @Test("Idle connections expire oldest first")
    func idleExpiry() {
        var machine = machine(idle: [a, b, c])
        #expect(nextExpiry(machine) == clock.now + .seconds(27))
        clock.advance(by: .seconds(28))
        let expired = machine.expire(now: clock.now)
        #expect(expired == [a, b])
        #expect(nextExpiry(machine) == clock.now + .seconds(1))
        clock.advance(by: .seconds(1))
        let last = machine.expire(now: clock.now)
        #expect(last == [c])
        #expect(nextExpiry(machine) == nil)
    }

    @Test("What is given up lay unused for longest", arguments: [(3, 0), (2, 1), (1, 2), (0, 3), (7, 0)])
    func trimmed(kept: Int, closed: Int) {
        var machine = machine(idle: [a, b, c])
        let surplus = machine.trimIdle(to: kept)
        #expect(surplus == Array([a, b, c].prefix(closed)))
        #expect(counts(machine) == [0, 0, 3 - closed])
    }

    @Test("Those that are not wanted any more go, wherever they lie")
    func removed() {
        var machine = machine(idle: [a, b, c])
        let unwanted = machine.removeIdle { $0 == b }
        #expect(unwanted == [b])
        #expect(machine.lease() == c)
        #expect(machine.lease() == a)
    }

    @Test("Draining gives up what is idle, and is over with the last connection")
    func draining() {
        var machine = machine(idle: [a, b])
        _ = machine.lease()
        let idle = machine.drain()
        #expect(idle == [a])
        #expect(counts(machine) == [0, 1, 0])
        let isDraining = machine.isDraining
        let isEmptyBefore = machine.isEmpty
        machine.discard()
        let isEmpty = machine.isEmpty
        #expect(isDraining && !isEmptyBefore && isEmpty)
    }
}
