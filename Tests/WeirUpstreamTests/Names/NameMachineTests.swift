import NIOCore
import Testing
import WeirTesting

@testable import WeirUpstream

@Suite struct NameMachineTests {
    private let clock = ManualClock()
    private var machine = NameMachine(settings: DNSSettings(ttl: .seconds(10), keep: .seconds(60)))

    private func addresses(_ last: Int...) throws -> [SocketAddress] {
        try last.map { try SocketAddress(ipAddress: "10.0.0.\($0)", port: 80) }
    }

    /// `10.0.0.1` as `1`; what failed by its reason, what is not known by nothing.
    private func answer() -> String {
        switch machine.answer(now: clock.now) {
        case .unknown: ""
        case .failed(let error): error.reason
        case .addresses(let addresses): addresses.map { String($0.ipAddress?.last ?? "?") }.joined()
        }
    }

    private mutating func succeed(_ last: [SocketAddress]) -> NameMachine.Change {
        machine.begun()
        return machine.succeeded(last, now: clock.now)
    }

    private mutating func fail() {
        machine.begun()
        machine.failed(NameError("no"))
    }

    @Test("Before the first lookup nothing is known; then what it said, asked again after `ttl`")
    mutating func known() throws {
        #expect(answer() == "")
        #expect(try succeed(addresses(1, 2)) == .some)
        #expect(answer() == "12")
        #expect(machine.pause == .seconds(10))
    }

    @Test("A change is one of the set, in whole or in part; the order means nothing")
    mutating func changes() throws {
        #expect(try succeed(addresses(1, 2)) == .some)
        #expect(try succeed(addresses(2, 1)) == .none)
        #expect(answer() == "21")
        #expect(try succeed(addresses(2, 3)) == .some)
        #expect(try succeed(addresses(4)) == .all)
        #expect(answer() == "4")
    }

    @Test("While asking fails the last good answer is kept for its time, and asked for ever more rarely")
    mutating func kept() throws {
        _ = try succeed(addresses(1))
        for seconds: Int64 in [1, 2, 4, 8, 10, 10] {
            fail()
            #expect(answer() == "1")
            #expect(machine.pause == .seconds(seconds))
        }
        clock.advance(by: .milliseconds(59_999))
        #expect(answer() == "1")
        clock.advance(by: .milliseconds(1))
        #expect(answer() == "no")
        #expect(try succeed(addresses(1)) == .none)
        #expect(answer() == "1")
        #expect(machine.pause == .seconds(10))
    }

    @Test("Without an answer ever, a failure is one at once")
    mutating func failed() throws {
        fail()
        #expect(answer() == "no")
        #expect(try succeed(addresses(7)) == .some)
        #expect(answer() == "7")
    }

    @Test("Nobody waits for a lookup that takes too long; what it says in the end counts")
    mutating func overdue() throws {
        machine.begun()
        machine.overdue()
        #expect(answer() == "looking up the name takes too long")
        #expect(machine.succeeded(try addresses(1), now: clock.now) == .some)
        #expect(answer() == "1")
        machine.begun()
        machine.overdue()
        #expect(answer() == "1")
        clock.advance(by: .seconds(60))
        #expect(answer() == "looking up the name takes too long")
    }

    @Test("A lookup that is over is not overdue")
    mutating func notOverdue() throws {
        _ = try succeed(addresses(1))
        machine.overdue()
        clock.advance(by: .seconds(100))
        #expect(answer() == "1")
    }

    @Test("With a short `ttl` the pauses are no longer than that")
    mutating func shortTTL() {
        machine = NameMachine(settings: DNSSettings(ttl: .milliseconds(100)))
        for _ in 0..<3 {
            fail()
            #expect(machine.pause == .milliseconds(100))
        }
    }
}
