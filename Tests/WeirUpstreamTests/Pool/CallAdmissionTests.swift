import NIOCore
import Testing
import WeirTesting

@testable import WeirUpstream

/// Transcripts over calls that are nothing but names, from seats 0, 1 and 2.
@Suite struct CallAdmissionTests {
    private final class Call {
        let name: String
        init(_ name: String) { self.name = name }
    }

    private typealias Admission = CallAdmission<Call>

    private let clock = ManualClock()

    private func admission(limit: Int, bound: Int) -> Admission {
        var admission = Admission(limit: limit, bound: bound)
        for _ in 0..<3 { _ = admission.addSeat() }
        return admission
    }

    private func arrive(
        _ admission: inout Admission,
        _ name: String = "any",
        at seat: Int = 0,
        _ priority: CallPriority = .standard,
        in seconds: Int64 = 10
    ) -> String {
        // Nobody comes at the same time as another.
        clock.advance(by: .milliseconds(11))
        let deadline = clock.now + .seconds(seconds)
        return switch admission.arrive(at: seat, priority, now: clock.now, until: deadline, ticket: { Call(name) }) {
        case .useIdle: "use idle"
        case .connect: "connect"
        case .connectAfter(closingAt: let other): "connect after \(other)"
        case .wait: "wait"
        case .waitDisplacing(let other): "instead of \(other.name)"
        case .refuse: "refuse"
        }
    }

    private func depart(_ admission: inout Admission, from seat: Int = 0, parks: Bool = true) -> String {
        switch admission.depart(from: seat, parks: parks) {
        case .park: "park"
        case .close: "close"
        case .handOver(to: let call): "hand over to \(call.name)"
        case .grant(to: let call): "grant to \(call.name)"
        }
    }

    private func expired(_ admission: inout Admission) -> [String] { admission.expire(now: clock.now).map(\.name) }

    /// Running, idle, waiting.
    private func counts(_ admission: Admission) -> [Int] { [admission.running, admission.idle, admission.waiting] }

    @Test("Calls run up to the limit, wait up to the bound, and are refused beyond it, whatever their seats")
    func bounds() {
        var admission = admission(limit: 2, bound: 2)
        #expect(arrive(&admission, at: 0) == "connect")
        #expect(arrive(&admission, at: 1) == "connect")
        #expect(arrive(&admission, at: 2) == "wait")
        #expect(arrive(&admission, at: 1) == "wait")
        #expect(arrive(&admission, at: 0) == "refuse")
        #expect(counts(admission) == [2, 0, 2])
    }

    @Test(
        "A place goes to whoever has waited longest: the connection with it at the same seat, else it is closed first"
    )
    func order() {
        var admission = admission(limit: 1, bound: 4)
        _ = arrive(&admission, at: 0)
        for (name, seat) in [("a", 0), ("b", 1), ("c", 1), ("d", 2)] { _ = arrive(&admission, name, at: seat) }
        #expect(depart(&admission, from: 0) == "hand over to a")
        #expect(depart(&admission, from: 0) == "grant to b")
        #expect(depart(&admission, from: 1, parks: false) == "hand over to c")
        #expect(depart(&admission, from: 1, parks: false) == "grant to d")
        #expect(depart(&admission, from: 2) == "park")
        #expect(counts(admission) == [0, 1, 0])
    }

    @Test("A higher priority goes first from every seat, and into a full queue in another's place")
    func priorities() {
        var admission = admission(limit: 1, bound: 2)
        _ = arrive(&admission)
        #expect(arrive(&admission, "bulk", at: 0, .bulk) == "wait")
        #expect(arrive(&admission, "standard", at: 0) == "wait")
        #expect(arrive(&admission, "critical", at: 1, .critical) == "instead of bulk")
        #expect(arrive(&admission, "late", at: 2) == "refuse")
        #expect(depart(&admission) == "grant to critical")
        #expect(depart(&admission, from: 1) == "grant to standard")
    }

    @Test("An idle connection is used at its own seat, and counts against the limit at every other")
    func idle() {
        var admission = admission(limit: 2, bound: 0)
        _ = arrive(&admission, at: 0)
        #expect(depart(&admission, from: 0) == "park")
        #expect(arrive(&admission, at: 1) == "connect")
        #expect(counts(admission) == [1, 1, 0])
        #expect(arrive(&admission, at: 0) == "use idle")
        #expect(depart(&admission, from: 0) == "park")
        #expect(arrive(&admission, at: 2) == "connect after 0")
        #expect(counts(admission) == [2, 0, 0])
        #expect(arrive(&admission, at: 0) == "refuse")
    }

    @Test("The seat with the most idle connections gives one up")
    func givenUp() {
        var admission = admission(limit: 4, bound: 0)
        for seat in [0, 1, 1] { _ = arrive(&admission, at: seat) }
        for seat in [0, 1, 1] { #expect(depart(&admission, from: seat) == "park") }
        #expect(arrive(&admission, at: 2) == "connect")
        #expect(arrive(&admission, at: 2) == "connect after 1")
        #expect([0, 1, 2].map { admission.idle(at: $0) } == [1, 1, 0])
    }

    @Test("Idle connections that are lost make room, those included that were to be closed")
    func settled() {
        var admission = admission(limit: 2, bound: 0)
        for _ in 0..<2 { _ = arrive(&admission, at: 0) }
        for _ in 0..<2 { _ = depart(&admission, from: 0) }
        #expect(arrive(&admission, at: 1) == "connect after 0")
        // One of its two is to be closed, and the other end closes one before.
        admission.settle(0, idle: 1)
        #expect(counts(admission) == [1, 1, 0])
        admission.settle(0, idle: 0)
        #expect(counts(admission) == [1, 0, 0])
        #expect(arrive(&admission, at: 2) == "connect")
    }

    @Test("Who has withdrawn gets nothing; who has a place already cannot withdraw")
    func withdrawn() {
        var admission = admission(limit: 1, bound: 2)
        _ = arrive(&admission)
        let (first, second) = (Call("first"), Call("second"))
        _ = admission.arrive(at: 0, now: clock.now, until: clock.now, ticket: { first })
        _ = admission.arrive(at: 1, now: clock.now, until: clock.now, ticket: { second })
        let isOut = admission.withdraw(first)
        #expect(depart(&admission) == "grant to second")
        let isOutLate = admission.withdraw(second)
        #expect(isOut && !isOutLate)
        #expect(counts(admission) == [1, 0, 0])
    }

    @Test("Who has waited too long is out, whatever the seat, and the others stay")
    func expiry() {
        var admission = admission(limit: 1, bound: 3)
        _ = arrive(&admission)
        for (name, seat, seconds) in [("a", 0, 9), ("b", 1, 1), ("c", 2, 5)] {
            _ = arrive(&admission, name, at: seat, in: Int64(seconds))
        }
        let (first, last) = (clock.now - .milliseconds(11) + .seconds(1), clock.now - .milliseconds(22) + .seconds(9))
        #expect(admission.nextDeadline == first)
        clock.advance(by: .seconds(5))
        #expect(expired(&admission) == ["b", "c"])
        #expect(admission.nextDeadline == last)
        #expect(depart(&admission) == "hand over to a")
    }

    @Test("A higher limit lets those in who wait; a lower one lets those finish who run")
    func changed() {
        var admission = admission(limit: 2, bound: 4)
        for _ in 0..<2 { _ = arrive(&admission) }
        for (name, seat) in [("a", 0), ("b", 1), ("c", 2)] { _ = arrive(&admission, name, at: seat) }
        #expect(admission.change(limit: 4, bound: 1).granted.map(\.name) == ["a", "b"])
        #expect(counts(admission) == [4, 0, 1])
        #expect(arrive(&admission) == "refuse")
        #expect(admission.change(limit: 2, bound: 1).granted.isEmpty)
        #expect(depart(&admission) == "close")
        #expect(depart(&admission) == "close")
        #expect(depart(&admission) == "grant to c")
        #expect(depart(&admission) == "park")
        #expect(counts(admission) == [1, 1, 0])
    }

    @Test("A lower limit closes idle connections beyond it")
    func changedIdle() {
        var admission = admission(limit: 4, bound: 0)
        for seat in [0, 1, 1, 2] { _ = arrive(&admission, at: seat) }
        for seat in [0, 1, 1] { _ = depart(&admission, from: seat) }
        #expect(admission.change(limit: 2, bound: 0).closing.sorted() == [0, 1])
        #expect(counts(admission) == [1, 1, 0])
    }

    @Test("A seat that has ended is another's")
    func seats() {
        var admission = admission(limit: 2, bound: 0)
        _ = arrive(&admission, at: 1)
        _ = depart(&admission, from: 1)
        admission.removeSeat(1)
        #expect(counts(admission) == [0, 0, 0])
        #expect(admission.addSeat() == 1)
        #expect(admission.addSeat() == 3)
        #expect(arrive(&admission, at: 1) == "connect")
    }
}
