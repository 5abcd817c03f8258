import NIOCore
import Testing
import WeirTesting

@testable import WeirUpstream

/// Which address takes a call.
@Suite struct BalanceMachineTests {
    private let clock = ManualClock()

    private func machine(_ count: Int, health: HealthSettings? = nil) -> BalanceMachine {
        BalanceMachine(count: count, ejection: EjectionSettings(failures: 2, time: .seconds(30)), health: health)
    }

    private let health = HealthSettings(path: "/", healthy: 1, unhealthy: 1)

    private func choose(_ machine: inout BalanceMachine, times: Int) -> [BalanceMachine.Choice] {
        (0..<times).map { _ in machine.choose(now: clock.now) }
    }

    /// Calls one after the other, and where each went.
    private func calls(_ machine: inout BalanceMachine, _ count: Int, fails: Set<Int> = []) -> [Int] {
        (0..<count).map { _ in
            let choice = machine.choose(now: clock.now)
            _ = machine.end(choice, fails.contains(choice.address) ? .failure : .success, now: clock.now)
            return choice.address
        }
    }

    private func states(_ machine: inout BalanceMachine, _ count: Int) -> [AddressSnapshot.State] {
        (0..<count).map { machine.snapshot(of: $0, url: "", now: clock.now).state }
    }

    @Test("Calls one after the other go round")
    func rotates() {
        var machine = machine(3)
        #expect(calls(&machine, 7) == [0, 1, 2, 0, 1, 2, 0])
    }

    @Test("Calls at the same time spread evenly, whatever the number of addresses", arguments: 1...5)
    func spreads(count: Int) {
        var machine = machine(count)
        let chosen = choose(&machine, times: count * 10).map(\.address)
        for address in 0..<count { #expect(chosen.filter { $0 == address }.count == 10) }
    }

    @Test("The address with the fewest calls under way takes the next")
    func leastPending() {
        var machine = machine(3)
        let under = choose(&machine, times: 6)
        for choice in under where choice.address == 1 { _ = machine.end(choice, .success, now: clock.now) }
        #expect(choose(&machine, times: 2).map(\.address) == [1, 1])
        #expect(machine.snapshot(of: 1, url: "b", now: clock.now).pending == 2)
    }

    @Test("An ejected address gets nothing, the last one that serves everything")
    func ejected() {
        var machine = machine(2)
        #expect(calls(&machine, 12, fails: [0]) == [0, 1, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1])
        #expect(states(&machine, 2) == [.ejected, .up])
        #expect(machine.snapshot(of: 0, url: "", now: clock.now).ejectedSeconds == 30)
    }

    @Test("When the last that serves well fails as often, those ejected get their share again", arguments: 2...4)
    func readmits(count: Int) {
        var machine = machine(count)
        let last = count - 1
        let dead = Set(0..<last)
        _ = calls(&machine, 4 * count, fails: dead)
        #expect(states(&machine, count) == Array(repeating: .ejected, count: last) + [.up])
        for isSecond in [false, true] {
            let choice = machine.choose(now: clock.now)
            #expect(choice.address == last)
            let change = machine.end(choice, .failure, now: clock.now)
            #expect(change == (isSecond ? .readmitted(Array(0..<last)) : nil))
        }
        #expect(states(&machine, count) == Array(repeating: .up, count: count))
        // Nobody is ejected as long as all fail.
        #expect(calls(&machine, 12 * count, fails: dead.union([last])).filter { $0 == 0 }.count == 12)
        #expect(states(&machine, count) == Array(repeating: .up, count: count))
        #expect(!machine.hasSoundAddress)
        // The first that serves well has them all.
        let after = calls(&machine, 20, fails: Set(1..<count))
        #expect(after.suffix(10) == Array(repeating: 0, count: 10)[...])
        #expect(states(&machine, count) == [.up] + Array(repeating: .ejected, count: last))
    }

    @Test("One on trial is readmitted as well; an unhealthy one stays out until it is healthy")
    func readmitsHealthy() {
        var machine = machine(3, health: health)
        _ = calls(&machine, 9, fails: [0, 1])
        #expect(states(&machine, 3) == [.ejected, .ejected, .up])
        _ = machine.checked(1, .failed("down"))
        clock.advance(by: .seconds(30))
        let probe = machine.choose(now: clock.now)
        #expect(probe.address == 0)
        #expect(states(&machine, 3) == [.returning, .unhealthy, .up])
        let failing = choose(&machine, times: 3)
        let changes = failing.map { machine.end($0, .failure, now: clock.now) }
        #expect(failing.map(\.address) == [2, 2, 2])
        #expect(changes == [nil, .readmitted([0]), nil])
        _ = machine.end(probe, .nothing, now: clock.now)
        #expect(Set(calls(&machine, 8, fails: [0, 2])) == [0, 2])
        _ = machine.checked(1, .passed)
        #expect(Set(calls(&machine, 3, fails: [0, 2])) == [0, 1, 2])
        #expect(calls(&machine, 6, fails: [0, 2]).suffix(3) == [1, 1, 1])
    }

    /// The states of three addresses before a call that has tried some of them, and where it goes: `r`eady, `f`ailed,
    /// cannot be `c`onnected to, `e`jected, `u`nhealthy.
    @Test(
        "A call goes where it has not been; to an ejected address rather than back to one that fails",
        arguments: [
            ("rrr", [], 0), ("rrr", [0], 1), ("rrr", [0, 1], 2), ("frr", [0], 1), ("frc", [0, 1], 2),
            ("fee", [0], 1), ("fee", [0, 1], 2), ("ree", [0], 0), ("fee", [0, 1, 2], 0), ("cee", [0, 1, 2], 0),
            ("fue", [0], 2), ("fue", [0, 2], 0), ("fuu", [0], 0), ("uuu", [0], 1), ("uuu", [0, 1], 2),
            ("ruu", [0], 0),
        ] as [(String, [Int], Int)]
    )
    func tried(before: String, tried: [Int], expected: Int) {
        var machine = machine(3, health: health)
        var choices = choose(&machine, times: 9)
        func end(_ address: Int, _ outcome: AddressOutcome) {
            let index = choices.firstIndex { $0.address == address }!
            _ = machine.end(choices.remove(at: index), outcome, now: clock.now)
        }
        for (address, state) in before.enumerated() where state == "e" {
            end(address, .failure)
            end(address, .failure)
        }
        for (address, state) in before.enumerated() {
            switch state {
            case "f": end(address, .failure)
            case "c": end(address, .unreachable)
            case "u": _ = machine.checked(address, .failed("down"))
            default: break
            }
        }
        for choice in choices { _ = machine.end(choice, .nothing, now: clock.now) }
        #expect(machine.choose(tried: tried, now: clock.now).address == expected)
    }

    @Test("After a reload addresses that stay stand as they did, wherever they are; new ones serve")
    func succession() {
        var former = machine(3, health: health)
        _ = calls(&former, 6, fails: [0])
        _ = former.checked(1, .failed("down"))
        #expect(states(&former, 3) == [.ejected, .unhealthy, .up])
        _ = choose(&former, times: 2)
        func after(_ places: [Int?], health: HealthSettings?) -> [AddressSnapshot.State] {
            var machine = machine(places.count, health: health)
            machine.succeed(former, places: places)
            #expect((0..<places.count).allSatisfy { machine.snapshot(of: $0, url: "", now: clock.now).pending == 0 })
            return states(&machine, places.count)
        }
        #expect(after([0, 1, 2], health: health) == [.ejected, .unhealthy, .up])
        #expect(after([2, nil, 1, 0], health: health) == [.up, .up, .unhealthy, .ejected])
        #expect(after([nil, nil], health: health) == [.up, .up])
        // Nobody asks any more whether it is healthy.
        #expect(after([0, 1], health: nil) == [.ejected, .up])
        // Nobody else is left.
        #expect(after([0], health: health) == [.up])
    }

    @Test("With any number of addresses failing, one always serves", arguments: 1...4)
    func neverTheLast(count: Int) {
        var machine = machine(count)
        for _ in 0..<200 {
            _ = calls(&machine, 1, fails: Set(0..<count))
            let left = states(&machine, count).filter { $0 == .up }
            #expect(!left.isEmpty)
            clock.advance(by: .seconds(3))
        }
    }

    @Test("An address that returns gets one call at a time, and its share once that has succeeded")
    func returning() {
        var machine = machine(2)
        _ = calls(&machine, 4, fails: [0])
        #expect(states(&machine, 2) == [.ejected, .up])
        clock.advance(by: .seconds(30))
        #expect(states(&machine, 2) == [.returning, .up])
        let chosen = choose(&machine, times: 6)
        #expect(chosen.filter { $0.address == 0 }.count == 1)
        for choice in chosen { _ = machine.end(choice, .success, now: clock.now) }
        #expect(states(&machine, 2) == [.up, .up])
        #expect(choose(&machine, times: 6).filter { $0.address == 0 }.count == 3)
    }

    @Test("An address that cannot be connected to does not draw calls by failing quickly")
    func noBlackHole() {
        var machine = machine(2)
        let first = choose(&machine, times: 6)
        let dead = first.first { $0.address == 0 }!
        _ = machine.end(dead, .unreachable, now: clock.now)
        #expect(choose(&machine, times: 20).allSatisfy { $0.address == 1 })
        #expect(states(&machine, 2) == [.up, .up])
    }

    @Test("With one address there is nothing to choose, whatever happens")
    func alone() {
        var machine = machine(1, health: health)
        #expect(calls(&machine, 20, fails: [0]) == Array(repeating: 0, count: 20))
        _ = machine.checked(0, .failed("down"))
        #expect(calls(&machine, 2) == [0, 0])
        #expect(!machine.hasSoundAddress)
    }

    @Test("An unhealthy address gets nothing, not even what an ejected one could take")
    func unhealthy() {
        var machine = machine(2, health: health)
        _ = calls(&machine, 4, fails: [0])
        #expect(machine.checked(1, .failed("status 503")) == false)
        #expect(states(&machine, 2) == [.ejected, .unhealthy])
        #expect(calls(&machine, 3, fails: [0]) == [0, 0, 0])
        #expect(machine.checked(1, .passed) == true)
        #expect(calls(&machine, 3) == [1, 1, 1])
    }

    @Test("When no address is healthy, all are tried")
    func failOpen() {
        var machine = machine(3, health: health)
        for address in 0..<3 { #expect(machine.checked(address, .failed("down")) == false) }
        #expect(Set(calls(&machine, 3)) == [0, 1, 2])
        #expect(states(&machine, 3) == [.unhealthy, .unhealthy, .unhealthy])
    }

    @Test("An unhealthy address is not one that is left: the only healthy one is not ejected")
    func lastHealthy() {
        var machine = machine(2, health: health)
        _ = machine.checked(1, .failed("down"))
        #expect(calls(&machine, 10, fails: [0]) == Array(repeating: 0, count: 10))
        #expect(states(&machine, 2) == [.up, .unhealthy])
    }

    @Test("Another address is sound as long as its last call went well")
    func sound() {
        var machine = machine(2)
        #expect(machine.hasSoundAddress)
        let choices = choose(&machine, times: 2)
        _ = machine.end(choices[0], .unreachable, now: clock.now)
        #expect(machine.hasSoundAddress)
        _ = machine.end(choices[1], .failure, now: clock.now)
        #expect(!machine.hasSoundAddress)
        _ = calls(&machine, 1)
        #expect(machine.hasSoundAddress)
    }

    @Test("What is reported at the head is not counted again at the end")
    func reportedOnce() {
        var machine = machine(2)
        let choice = machine.choose(now: clock.now)
        _ = machine.report(choice, .failure, now: clock.now)
        _ = machine.end(choice, nil, now: clock.now)
        let snapshot = machine.snapshot(of: choice.address, url: "http://a", now: clock.now)
        #expect(
            snapshot == AddressSnapshot(url: "http://a", state: .up, pending: 0, consecutiveFailures: 1)
        )
    }
}
