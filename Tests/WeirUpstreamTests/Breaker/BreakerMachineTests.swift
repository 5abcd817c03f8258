import NIOCore
import Testing
import WeirTesting
import WeirUpstream

/// Transcripts: one line an event, its answer beside it.
@Suite struct BreakerMachineTests {
    private let clock = ManualClock()

    private func machine(
        failures: Int = 3,
        rate: Double = 0.5,
        volume: Int = 1000,
        open: TimeAmount = .seconds(30),
        openMax: TimeAmount = .minutes(5)
    ) -> BreakerMachine {
        BreakerMachine(
            settings: BreakerSettings(failures: failures, rate: rate, volume: volume, open: open, openMax: openMax)
        )
    }

    /// Lets a call through and reports how it ended.
    private func call(_ machine: inout BreakerMachine, _ outcome: BreakerOutcome, jitter: Double = 0) throws {
        let ticket = try admit(&machine)
        machine.report(ticket, outcome, now: clock.now, jitter: jitter)
    }

    private func admit(_ machine: inout BreakerMachine) throws -> BreakerTicket {
        guard case .admitted(let ticket) = machine.admit(now: clock.now, probeTime: .seconds(10)) else {
            throw WireMismatch("refused in \(machine.snapshot(now: clock.now))")
        }
        return ticket
    }

    private func answer(_ machine: inout BreakerMachine) -> Admission {
        machine.admit(now: clock.now, probeTime: .seconds(10))
    }

    private func state(_ machine: BreakerMachine) -> BreakerState { machine.snapshot(now: clock.now).state }

    @Test("Failures in a row open it, and it refuses with the whole seconds that are left")
    func opensAfterFailuresInARow() throws {
        var machine = machine(failures: 3)
        try call(&machine, .failure)
        try call(&machine, .failure)
        #expect(state(machine) == .closed)
        try call(&machine, .failure)
        #expect(state(machine) == .open)
        #expect(answer(&machine) == .refused(retryAfterSeconds: 30))
        clock.advance(by: .milliseconds(100))
        #expect(answer(&machine) == .refused(retryAfterSeconds: 30))
        clock.advance(by: .milliseconds(29_500))
        #expect(answer(&machine) == .refused(retryAfterSeconds: 1))
    }

    @Test("A success in between begins the count anew, a cancelled call does not")
    func successBreaksTheRow() throws {
        var machine = machine(failures: 3)
        try call(&machine, .failure)
        try call(&machine, .failure)
        try call(&machine, .success)
        try call(&machine, .failure)
        try call(&machine, .failure)
        #expect(machine.snapshot(now: clock.now).consecutiveFailures == 2)
        try call(&machine, .cancelled)
        #expect(state(machine) == .closed)
        try call(&machine, .failure)
        #expect(state(machine) == .open)
    }

    @Test("The rate opens it once there is volume enough, and not before")
    func opensByRate() throws {
        var machine = machine(failures: 100, rate: 0.5, volume: 10)
        for _ in 0..<4 {
            try call(&machine, .success)
            try call(&machine, .failure)
        }
        #expect(state(machine) == .closed)
        try call(&machine, .success)
        #expect(machine.snapshot(now: clock.now).calls == 9)
        try call(&machine, .failure)
        #expect(state(machine) == .open)
    }

    @Test("What is older than the window does not count towards the rate")
    func windowRolls() throws {
        var machine = machine(failures: 100, rate: 0.5, volume: 10)
        for _ in 0..<9 { try call(&machine, .failure) }
        clock.advance(by: .seconds(11))
        #expect(machine.snapshot(now: clock.now).calls == 0)
        try call(&machine, .failure)
        #expect(state(machine) == .closed)
        #expect(machine.snapshot(now: clock.now).failures == 1)
    }

    @Test("A success that fills up the volume opens nothing")
    func successDoesNotOpen() throws {
        var machine = machine(failures: 100, rate: 0.5, volume: 10)
        for _ in 0..<9 { try call(&machine, .failure) }
        try call(&machine, .success)
        #expect(state(machine) == .closed)
        try call(&machine, .failure)
        #expect(state(machine) == .open)
    }

    @Test("After its time one probe passes, others are refused, and its success closes")
    func probeCloses() throws {
        var machine = machine(failures: 1)
        try call(&machine, .failure)
        clock.advance(by: .seconds(30))
        #expect(machine.snapshot(now: clock.now).nextProbeSeconds == 0)
        let probe = try admit(&machine)
        #expect(probe.isProbe)
        #expect(state(machine) == .halfOpen)
        #expect(answer(&machine) == .refused(retryAfterSeconds: 1))
        machine.report(probe, .success, now: clock.now, jitter: 0)
        #expect(machine.snapshot(now: clock.now) == BreakerSnapshot(state: .closed, transitions: 3))
    }

    @Test("Each failed probe doubles the time, up to its most; closing starts over")
    func failedProbesDouble() throws {
        var machine = machine(failures: 1, open: .seconds(30), openMax: .seconds(100))
        try call(&machine, .failure)
        for seconds in [30, 60, 100, 100] {
            #expect(machine.snapshot(now: clock.now).nextProbeSeconds == seconds)
            clock.advance(by: .seconds(Int64(seconds)))
            try call(&machine, .failure)
        }
        clock.advance(by: .seconds(100))
        try call(&machine, .success)
        try call(&machine, .failure)
        #expect(machine.snapshot(now: clock.now).nextProbeSeconds == 30)
    }

    @Test("Jitter takes up to a tenth off the time", arguments: [(0.0, 100), (0.5, 95), (0.99, 91)])
    func jitterShortens(jitter: Double, seconds: Int) throws {
        var machine = machine(failures: 1, open: .seconds(100))
        try call(&machine, .failure, jitter: jitter)
        #expect(machine.snapshot(now: clock.now).nextProbeSeconds == seconds)
    }

    @Test("A cancelled probe frees its place, and what it says later is not heard")
    func cancelledProbe() throws {
        var machine = machine(failures: 1)
        try call(&machine, .failure)
        clock.advance(by: .seconds(30))
        let first = try admit(&machine)
        machine.report(first, .cancelled, now: clock.now, jitter: 0)
        let second = try admit(&machine)
        #expect(second.isProbe)
        machine.report(first, .success, now: clock.now, jitter: 0)
        machine.report(first, .failure, now: clock.now, jitter: 0)
        #expect(state(machine) == .halfOpen)
        machine.report(second, .success, now: clock.now, jitter: 0)
        #expect(state(machine) == .closed)
    }

    @Test("A call from before it opened neither closes nor reopens it", arguments: [BreakerOutcome.success, .failure])
    func lateResults(outcome: BreakerOutcome) throws {
        var machine = machine(failures: 1)
        let late = [try admit(&machine), try admit(&machine), try admit(&machine)]
        try call(&machine, .failure)
        let open = machine.snapshot(now: clock.now)
        machine.report(late[0], outcome, now: clock.now, jitter: 0)
        #expect(machine.snapshot(now: clock.now) == open)
        clock.advance(by: .seconds(30))
        let probe = try admit(&machine)
        machine.report(late[1], outcome, now: clock.now, jitter: 0)
        #expect(state(machine) == .halfOpen)
        machine.report(probe, .success, now: clock.now, jitter: 0)
        machine.report(late[2], outcome, now: clock.now, jitter: 0)
        #expect(machine.snapshot(now: clock.now) == BreakerSnapshot(state: .closed, transitions: 3))
    }

    @Test("A probe that closed it at the head counts once more when its body breaks off")
    func probeBreaksOffLater() throws {
        var machine = machine(failures: 2)
        try call(&machine, .failure)
        try call(&machine, .failure)
        clock.advance(by: .seconds(30))
        let probe = try admit(&machine)
        machine.report(probe, .success, now: clock.now, jitter: 0)
        machine.report(probe, .failure, now: clock.now, jitter: 0)
        #expect(machine.snapshot(now: clock.now).consecutiveFailures == 1)
        try call(&machine, .failure)
        #expect(state(machine) == .open)
    }

    @Test("A reset closes it, and says whether it was not")
    func reset() throws {
        var machine = machine(failures: 2)
        try call(&machine, .failure)
        var wasOpen = machine.reset()
        #expect(!wasOpen)
        #expect(machine.snapshot(now: clock.now) == BreakerSnapshot(state: .closed))
        try call(&machine, .failure)
        try call(&machine, .failure)
        wasOpen = machine.reset()
        #expect(wasOpen)
        #expect(machine.snapshot(now: clock.now) == BreakerSnapshot(state: .closed, transitions: 2))
        _ = try admit(&machine)
    }

    @Test("A probe that says nothing in its time has failed: it opens again, for twice as long")
    func hangingProbe() throws {
        var machine = machine(failures: 1)
        try call(&machine, .failure)
        clock.advance(by: .seconds(30))
        let hanging = try admit(&machine)
        clock.advance(by: .milliseconds(9999))
        #expect(answer(&machine) == .refused(retryAfterSeconds: 1))
        #expect(state(machine) == .halfOpen)
        clock.advance(by: .milliseconds(1))
        #expect(answer(&machine) == .refused(retryAfterSeconds: 60))
        #expect(state(machine) == .open)
        #expect(machine.snapshot(now: clock.now).transitions == 3)
        // Too late: it has been judged.
        machine.report(hanging, .success, now: clock.now, jitter: 0)
        #expect(state(machine) == .open)
        clock.advance(by: .seconds(60))
        let next = try admit(&machine)
        #expect(next.isProbe)
        machine.report(hanging, .failure, now: clock.now, jitter: 0)
        #expect(state(machine) == .halfOpen)
        machine.report(next, .success, now: clock.now, jitter: 0)
        #expect(state(machine) == .closed)
        #expect(machine.snapshot(now: clock.now).transitions == 5)
    }

    @Test("A probe that waits for its own client makes way: at once for a whole request, in its time for any other")
    func heldProbe() throws {
        for isWhole in [true, false] {
            var machine = machine(failures: 1)
            try call(&machine, .failure)
            clock.advance(by: .seconds(30))
            let held = try admit(&machine)
            machine.report(held, isHeldByClient: true, now: clock.now)
            if !isWhole {
                let early = machine.admit(now: clock.now, probeTime: .seconds(10), isWhole: false)
                #expect(early == .refused(retryAfterSeconds: 1))
                clock.advance(by: .seconds(10))
            }
            let answer = machine.admit(now: clock.now, probeTime: .seconds(10), isWhole: isWhole)
            guard case .admitted(let probe) = answer else { throw WireMismatch("refused") }
            #expect(probe.isProbe && state(machine) == .halfOpen)
            // Nothing that the former one says is heard any more.
            machine.report(held, isHeldByClient: true, now: clock.now)
            machine.report(held, .failure, now: clock.now, jitter: 0)
            #expect(machine.admit(now: clock.now, probeTime: .seconds(10)) == .refused(retryAfterSeconds: 1))
            // Nor has the time that it stays open grown.
            machine.report(probe, .failure, now: clock.now, jitter: 0)
            #expect(machine.snapshot(now: clock.now).nextProbeSeconds == 60)
            #expect(machine.snapshot(now: clock.now).transitions == 3)
        }
    }

    @Test("A probe's time begins anew when its client has sent the whole request, and it fails by that")
    func releasedProbe() throws {
        var machine = machine(failures: 1)
        try call(&machine, .failure)
        clock.advance(by: .seconds(30))
        let probe = try admit(&machine)
        machine.report(probe, isHeldByClient: true, now: clock.now)
        clock.advance(by: .seconds(20))
        machine.report(probe, isHeldByClient: false, now: clock.now)
        clock.advance(by: .seconds(9))
        #expect(answer(&machine) == .refused(retryAfterSeconds: 1))
        clock.advance(by: .seconds(1))
        #expect(answer(&machine) == .refused(retryAfterSeconds: 60))
    }

    @Test("It says beforehand whether it would refuse, without letting anybody through")
    func isRefusing() throws {
        var machine = machine(failures: 1)
        #expect(!machine.isRefusing(now: clock.now))
        try call(&machine, .failure)
        #expect(machine.isRefusing(now: clock.now))
        clock.advance(by: .seconds(30))
        #expect(!machine.isRefusing(now: clock.now))
        #expect(state(machine) == .open)
        _ = try admit(&machine)
        #expect(machine.isRefusing(now: clock.now))
    }

    @Test("Of many who ask at the same moment exactly one is the probe")
    func oneProbe() async throws {
        let breaker = Breaker(settings: BreakerSettings(failures: 1))
        guard case .admitted(let ticket) = breaker.admit(now: clock.now, probeTime: .seconds(10)) else {
            throw WireMismatch("refused")
        }
        breaker.report(ticket, .failure, now: clock.now)
        clock.advance(by: .seconds(30))
        let now = clock.now
        let probes = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    (0..<1000).count { _ in
                        if case .admitted = breaker.admit(now: now, probeTime: .seconds(10)) { true } else { false }
                    }
                }
            }
            return await group.reduce(0, +)
        }
        #expect(probes == 1)
        #expect(breaker.state(now: now).transitions == 2)
    }

    @Test("The lock around it changes nothing")
    func breaker() throws {
        let breaker = Breaker(settings: BreakerSettings(failures: 1))
        guard case .admitted(let ticket) = breaker.admit(now: clock.now, probeTime: .seconds(10)) else {
            throw WireMismatch("refused")
        }
        breaker.report(ticket, .failure, now: clock.now)
        #expect(breaker.state(now: clock.now).state == .open)
        guard case .refused(let seconds) = breaker.admit(now: clock.now, probeTime: .seconds(10)) else {
            throw WireMismatch("admitted")
        }
        #expect((27...30).contains(seconds))
        #expect(breaker.reset())
        #expect(breaker.state(now: clock.now) == BreakerSnapshot(state: .closed, transitions: 2))
    }
}
