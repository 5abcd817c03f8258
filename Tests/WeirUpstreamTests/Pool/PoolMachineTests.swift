import NIOCore
import Testing
import WeirTesting

@testable import WeirUpstream

/// Transcripts over connections and calls that are nothing but names.
@Suite struct PoolMachineTests {
    private final class Connection: Equatable {
        let name: String
        init(_ name: String) { self.name = name }
        static func == (left: Connection, right: Connection) -> Bool { left === right }
    }

    private final class Call {
        let name: String
        init(_ name: String) { self.name = name }
    }

    private typealias Machine = PoolMachine<Connection, Call>

    private let clock = ManualClock()
    private var later: NIODeadline { clock.now + .seconds(10) }

    private func machine(max: Int = 2, pending: Int = 2) -> Machine {
        Machine(maxConnections: max, maxPending: pending, idleTime: .seconds(30))
    }

    private func lease(
        _ machine: inout Machine,
        _ call: Call = Call("any"),
        _ priority: CallPriority = .standard,
        until: NIODeadline? = nil
    ) -> String {
        switch machine.lease(for: call, priority, until: until ?? later) {
        case .use(let connection): "use \(connection.name)"
        case .connect: "connect"
        case .wait: "wait"
        case .waitDisplacing(let other): "instead of \(other.name)"
        case .refuseBusy: "busy"
        case .refuseDraining: "draining"
        }
    }

    private func release(_ machine: inout Machine, _ connection: Connection) -> String {
        switch machine.release(connection, now: clock.now) {
        case .park: "park"
        case .handOver(to: let call): "to \(call.name)"
        case .close: "close"
        }
    }

    private func told(_ next: Machine.Next) -> String {
        switch next {
        case .nothing: "nothing"
        case .connect(for: let call): "connect \(call.name)"
        }
    }

    private func discard(_ machine: inout Machine) -> String { told(machine.discard()) }
    private func connectFailed(_ machine: inout Machine) -> String { told(machine.connectFailed()) }
    private func nextExpiry(_ machine: borrowing Machine) -> NIODeadline? { machine.nextExpiry }
    private func isDrained(_ machine: borrowing Machine) -> Bool { machine.isDrained }

    private func expire(_ machine: inout Machine) -> Machine.Expiry { machine.expire(now: clock.now) }
    private func drain(_ machine: inout Machine) -> [Connection] { machine.drain() }

    private func counts(_ machine: borrowing Machine) -> [Int] {
        [machine.connectingCount, machine.leasedCount, machine.idleCount, machine.pendingCount]
    }

    /// Two connections, both leased.
    private func busyMachine(pending: Int = 2) -> Machine {
        var machine = machine(max: 2, pending: pending)
        for _ in 0..<2 {
            #expect(lease(&machine) == "connect")
            machine.connected()
        }
        return machine
    }

    @Test("The connection used last is used next")
    func lastInFirstOut() {
        var machine = busyMachine()
        #expect(release(&machine, Connection("a")) == "park")
        #expect(release(&machine, Connection("b")) == "park")
        #expect(counts(machine) == [0, 0, 2, 0])
        #expect(lease(&machine) == "use b")
        #expect(lease(&machine) == "use a")
        #expect(counts(machine) == [0, 2, 0, 0])
    }

    @Test("Connections on their way up count towards the limit")
    func connectingCounts() {
        var machine = machine(max: 2, pending: 1)
        #expect(lease(&machine) == "connect")
        #expect(lease(&machine) == "connect")
        #expect(lease(&machine) == "wait")
        #expect(lease(&machine) == "busy")
        #expect(counts(machine) == [2, 0, 0, 1])
    }

    @Test("Calls wait first come first served, and a released connection goes to the first")
    func pendingInOrder() {
        var machine = busyMachine()
        let (first, second) = (Call("first"), Call("second"))
        #expect(lease(&machine, first) == "wait")
        #expect(lease(&machine, second) == "wait")
        #expect(lease(&machine) == "busy")
        #expect(release(&machine, Connection("a")) == "to first")
        #expect(counts(machine) == [0, 2, 0, 1])
        #expect(release(&machine, Connection("b")) == "to second")
        #expect(release(&machine, Connection("a")) == "park")
        #expect(counts(machine) == [0, 1, 1, 0])
    }

    @Test("A call of a higher priority goes first, and into a full queue in another's place")
    func priorities() {
        var machine = busyMachine(pending: 2)
        #expect(lease(&machine, Call("bulk"), .bulk) == "wait")
        #expect(lease(&machine, Call("first")) == "wait")
        #expect(lease(&machine, Call("second")) == "instead of bulk")
        #expect(lease(&machine, Call("late"), .bulk) == "busy")
        #expect(lease(&machine, Call("critical"), .critical) == "instead of second")
        #expect(counts(machine) == [0, 2, 0, 2])
        #expect(release(&machine, Connection("a")) == "to critical")
        #expect(discard(&machine) == "connect first")
    }

    @Test("A place that becomes free is taken for the call that waits first")
    func freePlaces() {
        var machine = busyMachine(pending: 3)
        for name in ["first", "second", "third"] { #expect(lease(&machine, Call(name)) == "wait") }
        #expect(discard(&machine) == "connect first")
        #expect(counts(machine) == [1, 1, 0, 2])
        #expect(connectFailed(&machine) == "connect second")
        machine.connected()
        #expect(discard(&machine) == "connect third")
        machine.connected()
        #expect(discard(&machine) == "nothing")
        #expect(counts(machine) == [0, 1, 0, 0])
    }

    @Test("A replaced connection keeps its place")
    func replaced() {
        var machine = busyMachine(pending: 1)
        #expect(lease(&machine, Call("waiting")) == "wait")
        machine.replace()
        #expect(counts(machine) == [1, 1, 0, 1])
        machine.connected()
        #expect(counts(machine) == [0, 2, 0, 1])
    }

    @Test("A call that has left the queue gets nothing")
    func withdrawn() {
        var machine = busyMachine()
        let (first, second) = (Call("first"), Call("second"))
        _ = lease(&machine, first)
        _ = lease(&machine, second)
        machine.withdraw(first)
        #expect(release(&machine, Connection("a")) == "to second")
    }

    @Test("An idle connection that closes is not handed out")
    func idleClosed() {
        var machine = busyMachine()
        let (a, b) = (Connection("a"), Connection("b"))
        _ = release(&machine, a)
        _ = release(&machine, b)
        machine.idleClosed(a)
        #expect(lease(&machine) == "use b")
        #expect(lease(&machine) == "connect")
    }

    @Test("Idle connections expire oldest first")
    func idleExpiry() {
        var machine = busyMachine()
        let (a, b) = (Connection("a"), Connection("b"))
        _ = release(&machine, a)
        clock.advance(by: .seconds(10))
        _ = release(&machine, b)
        #expect(nextExpiry(machine) == clock.now + .seconds(20))
        clock.advance(by: .seconds(20))
        let expiry = machine.expire(now: clock.now)
        #expect(expiry.connections == [a])
        #expect(expiry.next == clock.now + .seconds(10))
        clock.advance(by: .seconds(10))
        #expect(expire(&machine).connections == [b])
        #expect(nextExpiry(machine) == nil)
    }

    @Test("Calls that wait too long are given back, whatever their place in the queue")
    func pendingExpiry() {
        var machine = busyMachine(pending: 3)
        for (name, seconds) in [("first", 10), ("second", 1), ("third", 5)] {
            _ = lease(&machine, Call(name), until: clock.now + .seconds(Int64(seconds)))
        }
        #expect(nextExpiry(machine) == clock.now + .seconds(1))
        clock.advance(by: .seconds(5))
        let expiry = machine.expire(now: clock.now)
        #expect(expiry.waiters.map(\.name) == ["second", "third"])
        #expect(expiry.next == clock.now + .seconds(5))
        #expect(release(&machine, Connection("a")) == "to first")
    }

    @Test("Draining refuses new calls, serves those that wait, and closes what comes back")
    func draining() {
        var machine = busyMachine()
        let idle = Connection("idle")
        _ = release(&machine, idle)
        #expect(drain(&machine) == [idle])
        #expect(lease(&machine) == "draining")
        #expect(isDrained(machine) == false)
        #expect(release(&machine, Connection("b")) == "close")
        #expect(isDrained(machine) == true)
    }

    @Test("Draining still serves the calls that wait")
    func drainingServesPending() {
        var machine = busyMachine()
        _ = lease(&machine, Call("waiting"))
        #expect(drain(&machine) == [])
        #expect(release(&machine, Connection("a")) == "to waiting")
        #expect(release(&machine, Connection("a")) == "close")
    }
}
