import NIOCore
import Testing
import WeirHTTP

@testable import WeirProxy

@Suite struct ConnectionDeadlineTests {
    private let limits = ConnectionLimits(
        headTime: .seconds(10),
        bodyIdle: .seconds(30),
        bodyRate: 100,
        writeIdle: .seconds(60),
        writeRate: 100,
        keepAlive: .seconds(75),
        tunnelIdle: .seconds(90)
    )

    private func at(_ seconds: Int64) -> NIODeadline { .uptimeNanoseconds(1_000_000_000_000) + .seconds(seconds) }

    @Test("a head and an idle connection have one time, whatever comes in between")
    func phases() {
        var deadline = ConnectionDeadline()
        #expect(deadline.expired(at: at(1_000_000)) == nil)
        deadline.enter(.keepAlive, limits: limits, now: at(0))
        deadline.enter(.keepAlive, limits: limits, now: at(70))
        #expect(deadline.expired(at: at(74)) == nil)
        #expect(deadline.expired(at: at(75)) == .keepAlive)
        // Said once.
        #expect(deadline.expired(at: at(76)) == nil)
        deadline.enter(.head, limits: limits, now: at(80))
        deadline.enter(.head, limits: limits, now: at(89))
        #expect(deadline.expired(at: at(90)) == .head)
        deadline.enter(.body, limits: limits, now: at(100))
        deadline.enter(.body, limits: limits, now: at(129))
        #expect(deadline.expired(at: at(129)) == nil)
        #expect(deadline.expired(at: at(130)) == .body)
        deadline.enter(.waiting, limits: limits, now: at(160))
        #expect(deadline.expired(at: at(1_000_000)) == nil)
        deadline.enter(.writing, limits: limits, now: at(200))
        #expect(deadline.expired(at: at(260)) == .writing)
        deadline.enter(.tunnel, limits: limits, now: at(261))
        deadline.enter(.tunnel, limits: limits, now: at(270))
        #expect(deadline.expired(at: at(359)) == nil)
        #expect(deadline.expired(at: at(360)) == .tunnel)
        deadline.enter(.lingering, limits: limits, now: at(500))
        #expect(deadline.expired(at: at(505)) == .lingering)
    }

    @Test("a body pays for its time by its bytes: a drip runs out of it, and nobody pays far ahead")
    func bodyRate() {
        var deadline = ConnectionDeadline()
        deadline.enter(.body, limits: limits, now: at(0))
        // A hundred bytes are a second.
        deadline.received(500, limits: limits, now: at(10))
        #expect(deadline.expired(at: at(34)) == nil)
        deadline.received(1, limits: limits, now: at(34))
        #expect(deadline.expired(at: at(35)) == nil)
        #expect(deadline.expired(at: at(36)) == .body)

        deadline = ConnectionDeadline()
        deadline.enter(.body, limits: limits, now: at(0))
        deadline.received(1 << 40, limits: limits, now: at(1))
        #expect(deadline.expired(at: at(30)) == nil)
        #expect(deadline.expired(at: at(31)) == .body)
    }

    @Test("a response is paid for as a body is; time in which the client is not waited for does not count")
    func writeRate() {
        var deadline = ConnectionDeadline()
        deadline.enter(.writing, limits: limits, now: at(0))
        // Forty seconds are gone, two are paid for.
        #expect(deadline.took(200, limits: limits, now: at(40)) == true)
        deadline.enter(.waiting, limits: limits, now: at(40))
        #expect(deadline.expired(at: at(1000)) == nil)
        deadline.enter(.writing, limits: limits, now: at(1000))
        #expect(deadline.expired(at: at(1021)) == nil)
        #expect(deadline.expired(at: at(1022)) == .writing)
        #expect(deadline.took(100, limits: limits, now: at(1022)) == true)
        #expect(deadline.expired(at: at(1023)) == .writing)
        #expect(deadline.took(0, limits: limits, now: at(1023)) == false)
        // The next response has all of it.
        deadline.beginResponse()
        deadline.enter(.writing, limits: limits, now: at(2000))
        #expect(deadline.took(1 << 40, limits: limits, now: at(2001)) == true)
        #expect(deadline.expired(at: at(2060)) == nil)
        #expect(deadline.expired(at: at(2061)) == .writing)
    }

    @Test("without a rate any byte gives a body its time anew")
    func noBodyRate() {
        var limits = limits
        limits.bodyRate = 0
        var deadline = ConnectionDeadline()
        deadline.enter(.body, limits: limits, now: at(0))
        deadline.received(1, limits: limits, now: at(29))
        #expect(deadline.expired(at: at(58)) == nil)
        #expect(deadline.expired(at: at(59)) == .body)
    }

    @Test("only a connection that waits for a request is idle")
    func idle() {
        var deadline = ConnectionDeadline()
        deadline.enter(.keepAlive, limits: limits, now: at(0))
        #expect(!deadline.isIdle(for: .seconds(2), now: at(1)))
        #expect(deadline.isIdle(for: .seconds(2), now: at(2)))
        deadline.enter(.head, limits: limits, now: at(3))
        #expect(!deadline.isIdle(for: .seconds(2), now: at(9)))
    }

    @Test("draining shortens what waits for the client alone, from when the waiting began")
    func draining() {
        var idle = ConnectionDeadline()
        idle.enter(.keepAlive, limits: limits, now: at(0))
        idle.drain(until: at(30))
        #expect(idle.expired(at: at(0)) == nil)
        #expect(idle.expired(at: at(1)) == .keepAlive)
        idle.enter(.lingering, limits: limits, now: at(2))
        #expect(idle.expired(at: at(3)) == .lingering)
        var lingering = ConnectionDeadline()
        lingering.enter(.lingering, limits: limits, now: at(0))
        lingering.drain(until: at(30))
        #expect(lingering.expired(at: at(1)) == .lingering)
        var busy = ConnectionDeadline()
        busy.enter(.head, limits: limits, now: at(0))
        busy.drain(until: at(30))
        #expect(busy.expired(at: at(9)) == nil)
        #expect(busy.expired(at: at(10)) == .head)
        busy.enter(.waiting, limits: limits, now: at(10))
        busy.drain(until: at(30))
        #expect(busy.expired(at: at(1_000_000)) == nil)
        busy.enter(.keepAlive, limits: limits, now: at(20))
        #expect(busy.expired(at: at(21)) == .keepAlive)
    }

    @Test("a tunnel may go on for as long as draining takes, however busy it is")
    func drainingTunnel() {
        var tunnel = ConnectionDeadline()
        tunnel.enter(.tunnel, limits: limits, now: at(0))
        tunnel.drain(until: at(30))
        tunnel.enter(.tunnel, limits: limits, now: at(29))
        // Told again, as a further reload does.
        tunnel.drain(until: at(50))
        #expect(tunnel.expired(at: at(29)) == nil)
        #expect(tunnel.expired(at: at(30)) == .tunnel)
    }
}
