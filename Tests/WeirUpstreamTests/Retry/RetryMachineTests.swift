import NIOCore
import Testing
import WeirTesting

@testable import WeirUpstream

@Suite struct RetryMachineTests {
    private let clock = ManualClock()

    private func machine(
        attempts: Int = 2,
        isIdempotent: Bool = true,
        total: TimeAmount = .minutes(10),
        patience: TimeAmount = .seconds(30)
    ) -> RetryMachine {
        RetryMachine(
            settings: RetrySettings(attempts: attempts, backoff: .milliseconds(100), backoffMax: .milliseconds(350)),
            isIdempotent: isIdempotent,
            deadline: clock.now + total,
            patience: patience
        )
    }

    private func failed(
        _ machine: consuming RetryMachine,
        _ error: UpstreamError,
        canReplay: Bool = true,
        jitter: Double = 0
    )
        -> RetryMachine.Verdict
    {
        machine.failed(error, canReplay: canReplay, now: clock.now, jitter: jitter)
    }

    private func answered(
        _ machine: RetryMachine,
        _ status: UInt16,
        pause: TimeAmount? = nil,
        isRefused: Bool = false,
        jitter: Double = 0
    ) -> RetryMachine.Verdict {
        machine.answered(
            status: status,
            pause: pause,
            isRefused: isRefused,
            canReplay: true,
            now: clock.now,
            jitter: jitter
        )
    }

    @Test(
        "Errors that are worth another try, of what may be done twice and of what may not",
        arguments: [
            (UpstreamError.connect("refused"), true, true),
            (.connectTimeout, true, true),
            (.reset, true, false),
            (.malformed("junk"), true, false),
            (.tls("expired"), false, false),
            (.firstByteTimeout, false, false),
            (.idleTimeout, false, false),
            (.totalTimeout, false, false),
            (.busy, false, false),
            (.breakerOpen(retryAfterSeconds: 1), false, false),
            (.coolingDown(retryAfterSeconds: 1), false, false),
            (.draining, false, false),
        ]
    )
    func errors(error: UpstreamError, idempotent: Bool, other: Bool) {
        let (again, final) = (RetryMachine.Verdict.retry(after: .zero), RetryMachine.Verdict.pass(.final))
        #expect(failed(machine(isIdempotent: true), error) == (idempotent ? again : final))
        #expect(failed(machine(isIdempotent: false), error) == (other ? again : final))
    }

    @Test(
        "What an idle connection lost is made anew once, and counts as no try; only what may be done twice",
        arguments: [
            (true, true, RetryMachine.Verdict.renew),
            (true, false, .pass(.exhausted)),
            (false, true, .pass(.final)),
        ]
    )
    func lostIdle(isIdempotent: Bool, canReplay: Bool, verdict: RetryMachine.Verdict) {
        var machine = machine(attempts: 1, isIdempotent: isIdempotent)
        #expect(machine.failed(.lostIdle, canReplay: canReplay, now: clock.now, jitter: 0) == verdict)
        #expect(machine.tries == 1 && !machine.isRetry)
        if verdict == .renew {
            #expect(machine.failed(.lostIdle, canReplay: true, now: clock.now, jitter: 0) == .pass(.exhausted))
        }
    }

    @Test("What the upstream has not looked at is made anew once, whatever it is; behind that it is a retry")
    func unprocessed() {
        var machine = machine(attempts: 2, isIdempotent: false)
        #expect(machine.failed(.unprocessed, canReplay: true, now: clock.now, jitter: 0) == .renew)
        #expect(machine.failed(.unprocessed, canReplay: true, now: clock.now, jitter: 0) == .retry(after: .zero))
        var gone = self.machine(attempts: 2, isIdempotent: false)
        #expect(gone.failed(.unprocessed, canReplay: false, now: clock.now, jitter: 0) == .pass(.bodyGone))
    }

    @Test("Nothing is made anew behind the total time, or once the client has had something")
    func lostIdleTooLate() {
        var late = machine(isIdempotent: true, total: .zero)
        #expect(late.failed(.lostIdle, canReplay: true, now: clock.now, jitter: 0) == .pass(.tooLong))
        var delivered = machine(isIdempotent: true)
        delivered.hasDelivered = true
        #expect(delivered.failed(.lostIdle, canReplay: true, now: clock.now, jitter: 0) == .pass(.final))
    }

    @Test(
        "Statuses that are worth another try, of what may be done twice and of what may not",
        arguments: [
            (UInt16(429), true, true), (503, true, true), (502, true, false), (504, true, false), (500, false, false),
            (501, false, false), (200, false, false), (304, false, false), (404, false, false), (408, false, false),
            (409, false, false),
        ]
    )
    func statuses(status: UInt16, idempotent: Bool, other: Bool) {
        let (again, final) = (RetryMachine.Verdict.retry(after: .zero), RetryMachine.Verdict.pass(.final))
        #expect(answered(machine(isIdempotent: true), status) == (idempotent ? again : final))
        #expect(answered(machine(isIdempotent: false), status) == (other ? again : final))
        #expect(machine(isIdempotent: true).isWorthHolding(status: status) == idempotent)
        #expect(answered(machine(), status, isRefused: true) == final)
    }

    @Test("Attempts count tries in all")
    func attempts() {
        var machine = machine(attempts: 3)
        for _ in 0..<2 {
            #expect(failed(machine, .reset) == .retry(after: .zero))
            machine.retry()
        }
        #expect(failed(machine, .reset) == .pass(.exhausted))
        #expect(answered(machine, 503) == .pass(.exhausted))
        #expect(machine.tries == 3 && machine.isRetry)
    }

    @Test("One try is no retry, and nothing is held back for one")
    func oneAttempt() {
        let machine = machine(attempts: 1)
        #expect(failed(machine, .connect("refused")) == .pass(.exhausted))
        #expect(!machine.isWorthHolding(status: 503))
        #expect(!machine.isRetry)
    }

    @Test("Nothing is tried again once the client has had something")
    func delivered() {
        var machine = machine()
        machine.hasDelivered = true
        #expect(failed(machine, .reset) == .pass(.final))
        #expect(answered(machine, 503) == .pass(.final))
        #expect(!machine.isWorthHolding(status: 503))
    }

    @Test("Nothing is tried again without the body that belongs to it")
    func bodyGone() {
        #expect(failed(machine(), .reset, canReplay: false) == .pass(.bodyGone))
    }

    @Test("The wait is anything up to a bound, which doubles up to another")
    func backoff() {
        var machine = machine(attempts: 5)
        for bound in [100, 200, 350, 350] {
            #expect(failed(machine, .reset, jitter: 0) == .retry(after: .zero))
            #expect(failed(machine, .reset, jitter: 0.5) == .retry(after: .microseconds(Int64(bound) * 500)))
            machine.retry()
        }
    }

    @Test("Retry-After comes before the back-off, and is waited for only so long")
    func retryAfter() {
        #expect(answered(machine(), 429, pause: .seconds(2), jitter: 0.5) == .retry(after: .milliseconds(2050)))
        #expect(answered(machine(), 503, pause: .seconds(30)) == .retry(after: .seconds(30)))
        #expect(answered(machine(), 503, pause: .milliseconds(30_001)) == .pass(.tooLong))
        #expect(answered(machine(patience: .zero), 503, pause: .milliseconds(1)) == .pass(.tooLong))
        #expect(answered(machine(patience: .zero), 503, jitter: 0.5) == .retry(after: .milliseconds(50)))
        #expect(answered(machine(), 503, pause: .seconds(-5)) == .retry(after: .zero))
    }

    @Test("A try that could not begin within the call's total time is not waited for")
    func total() {
        let machine = machine(total: .seconds(10))
        #expect(answered(machine, 429, pause: .milliseconds(9999)) == .retry(after: .milliseconds(9999)))
        #expect(answered(machine, 429, pause: .seconds(10)) == .pass(.tooLong))
        clock.advance(by: .seconds(10))
        #expect(failed(machine, .reset) == .pass(.tooLong))
    }
}

@Suite struct RetryBudgetTests {
    private func taken(calls: Int, share: Double = 0.2, minimum: Int = 3) -> Int {
        var budget = RetryBudget(share: share, minimum: minimum)
        for _ in 0..<calls { budget.beginCall() }
        while budget.beginRetry() {}
        return budget.retries
    }

    @Test(
        "A share of the calls under way, and a few in any case",
        arguments: [(1, 3), (15, 3), (19, 3), (20, 4), (100, 20)]
    )
    func share(calls: Int, retries: Int) { #expect(taken(calls: calls) == retries) }

    @Test("Without a minimum a few calls have none")
    func noMinimum() {
        #expect(taken(calls: 4, minimum: 0) == 0)
        #expect(taken(calls: 5, minimum: 0) == 1)
    }

    @Test("A place comes back with the retry's end")
    func places() {
        var budget = RetryBudget(share: 0.2, minimum: 1)
        budget.beginCall()
        var isAllowed = budget.beginRetry()
        #expect(isAllowed)
        isAllowed = budget.beginRetry()
        #expect(!isAllowed)
        budget.endRetry()
        isAllowed = budget.beginRetry()
        #expect(isAllowed)
        budget.endRetry()
        budget.endCall()
        #expect(budget.calls == 0 && budget.retries == 0)
    }
}
