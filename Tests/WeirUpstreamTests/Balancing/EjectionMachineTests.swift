import NIOCore
import Testing
import WeirTesting

@testable import WeirUpstream

/// One address: when it gets no calls, for how long, and how it comes back.
@Suite struct EjectionMachineTests {
    private let clock = ManualClock()
    private var machine = EjectionMachine(
        settings: EjectionSettings(failures: 3, time: .seconds(30), timeMax: .seconds(100))
    )

    /// One call from beginning to end.
    private mutating func call(_ outcome: AddressOutcome, isLast: Bool = false) -> EjectionMachine.Change? {
        let ticket = machine.admit(now: clock.now)
        return machine.report(ticket, outcome, isLast: isLast, now: clock.now)
    }

    private mutating func standing() -> EjectionMachine.Standing { machine.standing(now: clock.now) }

    private mutating func eject() {
        for _ in 0..<2 { #expect(call(.failure) == nil) }
        #expect(call(.failure) == .ejected(.seconds(30)))
    }

    @Test("Failures in a row eject; a success in between starts the count again, what says nothing does not")
    mutating func ejects() {
        #expect(call(.failure) == nil)
        #expect(call(.failure) == nil)
        #expect(call(.success) == nil)
        #expect(call(.failure) == nil)
        #expect(call(.nothing) == nil)
        #expect(call(.failure) == nil)
        #expect(machine.consecutiveFailures == 2)
        #expect(standing() == .ready)
        #expect(call(.failure) == .ejected(.seconds(30)))
        #expect(standing() == .ejected)
        #expect(machine.ejectionLeft(now: clock.now) == .seconds(30))
    }

    @Test("The last address that serves is not ejected, until another serves again")
    mutating func last() {
        for failure in 1...10 { #expect(call(.failure, isLast: true) == (failure < 3 ? nil : .refused)) }
        #expect(standing() == .ready)
        #expect(!machine.isServingWell)
        #expect(call(.failure, isLast: false) == .ejected(.seconds(30)))
    }

    @Test("When its time is over one call goes there, and its success brings it back")
    mutating func returns() {
        eject()
        clock.advance(by: .milliseconds(29_999))
        #expect(standing() == .ejected)
        clock.advance(by: .milliseconds(1))
        #expect(standing() == .ready)
        #expect(!machine.isServing)
        let probe = machine.admit(now: clock.now)
        #expect(standing() == .doubtful)
        #expect(machine.report(probe, .success, isLast: false, now: clock.now) == .returned)
        #expect(standing() == .ready)
        #expect(machine.isSound)
    }

    @Test("A call that fails on the return ejects for twice as long, up to the longest; a success begins anew")
    mutating func grows() {
        eject()
        for seconds: Int64 in [60, 100, 100] {
            clock.advance(by: .seconds(100))
            #expect(call(.failure) == .ejected(.seconds(seconds)))
        }
        clock.advance(by: .seconds(100))
        #expect(call(.success) == .returned)
        eject()
    }

    @Test("A call that is cancelled on the return frees its place")
    mutating func cancelledProbe() {
        eject()
        clock.advance(by: .seconds(30))
        let probe = machine.admit(now: clock.now)
        #expect(standing() == .doubtful)
        #expect(machine.report(probe, .nothing, isLast: false, now: clock.now) == nil)
        #expect(standing() == .ready)
        #expect(call(.success) == .returned)
    }

    @Test("With no other address left, a failure on the return does not eject")
    mutating func lastReturning() {
        eject()
        clock.advance(by: .seconds(30))
        #expect(call(.failure, isLast: true) == .refused)
        #expect(standing() == .ready)
        #expect(call(.success, isLast: true) == .returned)
    }

    @Test("Readmitted it serves, not well until a call succeeds; one that fails before ejects for twice as long")
    mutating func readmitted() {
        #expect(machine.readmit() == false)
        for isReturning in [false, true] {
            for isSuccess in [false, true] {
                machine = EjectionMachine(settings: EjectionSettings(failures: 3, time: .seconds(30)))
                eject()
                if isReturning { clock.advance(by: .seconds(30)) }
                let early = machine.admit(now: clock.now)
                #expect(machine.readmit() == true)
                #expect(machine.readmit() == false)
                #expect(machine.isServing && !machine.isServingWell && !machine.isSound)
                #expect(machine.report(early, .failure, isLast: false, now: clock.now) == nil)
                // Any number of calls at once.
                for _ in 0..<2 {
                    _ = machine.admit(now: clock.now)
                    #expect(standing() == .ready)
                }
                #expect(call(isSuccess ? .success : .failure) == (isSuccess ? nil : .ejected(.seconds(60))))
                #expect(machine.isSound == isSuccess)
            }
        }
    }

    @Test("What calls from before the ejection have to say afterwards changes nothing")
    mutating func stragglers() {
        let early = (0..<4).map { _ in machine.admit(now: clock.now) }
        eject()
        #expect(machine.report(early[0], .success, isLast: false, now: clock.now) == nil)
        #expect(standing() == .ejected)
        clock.advance(by: .seconds(30))
        #expect(machine.report(early[1], .failure, isLast: false, now: clock.now) == nil)
        #expect(machine.report(early[2], .success, isLast: false, now: clock.now) == nil)
        #expect(!machine.isServing)
        #expect(call(.success) == .returned)
        #expect(machine.report(early[3], .failure, isLast: false, now: clock.now) == nil)
        #expect(machine.isSound)
    }

    @Test("A call that it had to take while ejected brings it back if it goes well, and changes nothing if not")
    mutating func neededWhileEjected() {
        eject()
        #expect(call(.failure) == nil)
        #expect(standing() == .ejected)
        #expect(call(.success) == .returned)
        #expect(standing() == .ready)
    }

    @Test("An address that cannot be connected to is passed over for a second, or until a call succeeds")
    mutating func passedOver() {
        let early = machine.admit(now: clock.now)
        #expect(call(.unreachable) == nil)
        #expect(standing() == .doubtful)
        clock.advance(by: .milliseconds(999))
        #expect(standing() == .doubtful)
        clock.advance(by: .milliseconds(1))
        #expect(standing() == .ready)
        #expect(call(.unreachable) == nil)
        #expect(standing() == .doubtful)
        #expect(machine.report(early, .success, isLast: false, now: clock.now) == nil)
        #expect(standing() == .ready)
    }

    @Test("A failure with a connection does not pass over the address: the next may be for something else")
    mutating func notPassedOver() {
        #expect(call(.failure) == nil)
        #expect(standing() == .ready)
    }

    @Test("By other settings it stays ejected until the same time, as often as it was, and goes on counting failures")
    mutating func succession() {
        eject()
        clock.advance(by: .seconds(10))
        machine = EjectionMachine(settings: EjectionSettings(failures: 2, time: .seconds(7)), succeeding: machine)
        #expect(machine.ejectionLeft(now: clock.now) == .seconds(20))
        clock.advance(by: .seconds(20))
        // A call on trial is the former's; its place is free.
        let probe = machine.admit(now: clock.now)
        machine = EjectionMachine(settings: EjectionSettings(failures: 2, time: .seconds(7)), succeeding: machine)
        #expect(standing() == .ready)
        #expect(call(.failure) == .ejected(.seconds(14)))
        #expect(machine.report(probe, .success, isLast: false, now: clock.now) == nil)
        clock.advance(by: .seconds(14))
        #expect(call(.success) == .returned)
        #expect(call(.failure) == nil)
        machine = EjectionMachine(settings: EjectionSettings(failures: 2), succeeding: machine)
        #expect(machine.consecutiveFailures == 1)
        #expect(call(.failure) == .ejected(.seconds(30)))
    }
}
