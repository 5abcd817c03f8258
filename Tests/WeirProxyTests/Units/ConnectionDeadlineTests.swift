import NIOCore
import Testing
import WeirHTTP

@testable import WeirProxy

@Suite struct ConnectionDeadlineTests {
    private let limits = ConnectionLimits(
        headTime: .seconds(10),
        bodyIdle: .seconds(30),
        writeIdle: .seconds(60),
        keepAlive: .seconds(75)
    )

    private func at(_ seconds: Int64) -> NIODeadline { .uptimeNanoseconds(1_000_000_000_000) + .seconds(seconds) }

    @Test("a head and an idle connection have one time; a body gets it anew with each read")
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
        #expect(deadline.expired(at: at(130)) == nil)
        #expect(deadline.expired(at: at(159)) == .body)
        deadline.enter(.waiting, limits: limits, now: at(160))
        #expect(deadline.expired(at: at(1_000_000)) == nil)
        deadline.enter(.writing, limits: limits, now: at(200))
        #expect(deadline.expired(at: at(260)) == .writing)
        deadline.enter(.lingering, limits: limits, now: at(300))
        #expect(deadline.expired(at: at(305)) == .lingering)
    }

    @Test("draining shortens what waits for the client alone, from when the waiting began")
    func draining() {
        var idle = ConnectionDeadline()
        idle.enter(.keepAlive, limits: limits, now: at(0))
        idle.drain()
        #expect(idle.expired(at: at(0)) == nil)
        #expect(idle.expired(at: at(1)) == .keepAlive)
        idle.enter(.lingering, limits: limits, now: at(2))
        #expect(idle.expired(at: at(3)) == .lingering)
        var lingering = ConnectionDeadline()
        lingering.enter(.lingering, limits: limits, now: at(0))
        lingering.drain()
        #expect(lingering.expired(at: at(1)) == .lingering)
        var busy = ConnectionDeadline()
        busy.enter(.head, limits: limits, now: at(0))
        busy.drain()
        #expect(busy.expired(at: at(9)) == nil)
        #expect(busy.expired(at: at(10)) == .head)
        busy.enter(.waiting, limits: limits, now: at(10))
        busy.drain()
        #expect(busy.expired(at: at(1_000_000)) == nil)
        busy.enter(.keepAlive, limits: limits, now: at(20))
        #expect(busy.expired(at: at(21)) == .keepAlive)
    }
}
