import Testing
import WeirCache

@testable import WeirTier

@Suite struct PurgeFeedMachineTests {
    private let a = PurgeNotice(.tag("a"), isSoft: false)
    private let b = PurgeNotice(.tag("b"), isSoft: false)
    private let c = PurgeNotice(.tag("c"), isSoft: true)
    private let subject = PurgeSubject(key: CacheKey(1, 2, 3, 4), path: "/", tags: ["a"])

    private func at(_ number: UInt64, epoch: UInt64 = 7) -> PurgePosition {
        PurgePosition(epoch: epoch, number: number)
    }

    private func log(
        _ purges: [(PurgeNotice, UInt64)] = [],
        to number: UInt64,
        of latest: UInt64? = nil,
        floor: UInt64 = 0,
        epoch: UInt64 = 7
    ) -> PurgeLogPart {
        PurgeLogPart(
            position: at(number, epoch: epoch),
            latest: latest ?? number,
            floor: floor,
            purges: purges.map { .init(notice: $0.0, number: $0.1) }
        )
    }

    /// Current, with so many purges behind it.
    private func current(at number: UInt64) -> PurgeFeedMachine {
        var machine = PurgeFeedMachine(capacity: 10)
        #expect(machine.subscribed() == [.read(behind: 0)])
        #expect(machine.received(log(to: number)) == [.doubtAll])
        return machine
    }

    @Test("nothing is known before the first subscription, and what is stored by then is doubted")
    func beginning() {
        var machine = PurgeFeedMachine(capacity: 10)
        #expect(machine.position == nil)
        #expect(machine.verdict(on: subject, since: at(0)) == .purged)
        #expect(machine.received(a, at: at(1), isOwn: false) == [])
        #expect(machine.subscribed() == [.read(behind: 0)])
        #expect(machine.position == nil)
        #expect(machine.received(log([(a, 3)], to: 4)) == [.doubtAll])
        #expect(machine.position == at(4))
        #expect(machine.verdict(on: subject, since: at(2)) == .purged)
        #expect(machine.verdict(on: subject, since: at(3)) == .untouched)
    }

    @Test("purges are applied as they come, one's own are not")
    func messages() {
        var machine = current(at: 4)
        #expect(machine.received(a, at: at(5), isOwn: false) == [.apply([a])])
        #expect(machine.received(b, at: at(6), isOwn: true) == [])
        #expect(machine.received(c, at: at(7), isOwn: false) == [.apply([c])])
        #expect(machine.position == at(7))
        #expect(machine.verdict(on: subject, since: at(4)) == .purged)
        #expect(machine.verdict(on: subject, since: at(5)) == .untouched)
    }

    @Test("what has been read already is not applied when it is heard of")
    func repeated() {
        var machine = current(at: 4)
        #expect(machine.received(a, at: at(4), isOwn: false) == [])
        #expect(machine.received(a, at: at(1), isOwn: false) == [])
        #expect(machine.position == at(4))
    }

    @Test("a number that is left out is read, and nothing counts meanwhile")
    func gap() {
        var machine = current(at: 4)
        #expect(machine.received(b, at: at(6), isOwn: false) == [.read(behind: 4)])
        #expect(machine.position == nil)
        #expect(machine.received(log([(a, 5), (b, 6)], to: 6)) == [.apply([a, b])])
        #expect(machine.position == at(6))
    }

    @Test("what is heard of while reading and is not in what was read is read again")
    func late() {
        var machine = current(at: 4)
        machine.lost()
        #expect(machine.position == nil)
        #expect(machine.subscribed() == [.read(behind: 4)])
        #expect(machine.received(b, at: at(6), isOwn: false) == [])
        #expect(machine.received(log([(a, 5)], to: 5)) == [.apply([a]), .read(behind: 5)])
        #expect(machine.position == nil)
        #expect(machine.received(log([(b, 6)], to: 6)) == [.apply([b])])
        #expect(machine.position == at(6))
    }

    @Test("what was missed is applied after a loss, and nothing else")
    func lost() {
        var machine = current(at: 4)
        machine.lost()
        #expect(machine.received(a, at: at(5), isOwn: false) == [])
        #expect(machine.subscribed() == [.read(behind: 4)])
        #expect(machine.received(log([(a, 5), (c, 9)], to: 9)) == [.apply([a, c])])
        machine.lost()
        #expect(machine.subscribed() == [.read(behind: 9)])
        #expect(machine.received(log(to: 9)) == [])
        #expect(machine.position == at(9))
    }

    @Test("where Redis has forgotten what may have been missed all is doubted")
    func trimmed() {
        var machine = current(at: 4)
        machine.lost()
        #expect(machine.subscribed() == [.read(behind: 4)])
        #expect(machine.received(log([(b, 8)], to: 9, floor: 5)) == [.doubtAll])
        #expect(machine.verdict(on: subject, since: at(4)) == .purged)
        #expect(machine.verdict(on: subject, since: at(5)) == .untouched)
    }

    @Test("where Redis has begun anew all is doubted, and all of the new order is read")
    func anew() {
        var machine = current(at: 4)
        machine.lost()
        #expect(machine.subscribed() == [.read(behind: 4)])
        #expect(machine.received(log(to: 1, epoch: 8)) == [.read(behind: 0)])
        #expect(machine.position == nil)
        #expect(machine.received(log([(a, 1)], to: 1, epoch: 8)) == [.doubtAll])
        #expect(machine.position == at(1, epoch: 8))
        #expect(machine.verdict(on: subject, since: at(4)) == .purged)
        #expect(machine.verdict(on: subject, since: at(0, epoch: 8)) == .purged)
        #expect(machine.verdict(on: subject, since: at(1, epoch: 8)) == .untouched)
    }

    @Test("a message of another order is one too")
    func messageAnew() {
        var machine = current(at: 4)
        #expect(machine.received(a, at: at(2, epoch: 8), isOwn: false) == [.read(behind: 4)])
        #expect(machine.received(log(to: 4, epoch: 8)) == [.read(behind: 0)])
        #expect(machine.received(log([(a, 2)], to: 4, epoch: 8)) == [.doubtAll])
    }

    @Test("a number of another order says nothing of what is left out")
    func otherOrder() {
        var machine = current(at: 4)
        machine.lost()
        _ = machine.subscribed()
        #expect(machine.received(a, at: at(9, epoch: 8), isOwn: false) == [])
        #expect(machine.received(log(to: 4)) == [])
        #expect(machine.position == at(4))
    }

    @Test("what comes in parts is applied part by part, and nothing counts before the last")
    func parts() {
        var machine = current(at: 4)
        machine.lost()
        #expect(machine.subscribed() == [.read(behind: 4)])
        #expect(machine.received(log([(a, 5)], to: 5, of: 7)) == [.apply([a]), .read(behind: 5)])
        #expect(machine.position == nil)
        #expect(machine.received(log([(b, 6), (c, 7)], to: 7)) == [.apply([b, c])])
        #expect(machine.position == at(7) && machine.applied == at(7))
    }

    @Test("where all is doubted no part of what there was by then is applied besides")
    func doubtedOnce() {
        var machine = PurgeFeedMachine(capacity: 10)
        #expect(machine.subscribed() == [.read(behind: 0)])
        #expect(machine.received(log([(a, 5)], to: 5, of: 7, floor: 4)) == [.doubtAll, .read(behind: 5)])
        #expect(machine.received(log([(b, 6), (c, 8)], to: 8, floor: 4)) == [.apply([c])])
        #expect(machine.position == at(8))
        #expect(machine.verdict(on: subject, since: at(4)) == .purged)
    }

    @Test("numbers that go back are another order")
    func wentBack() {
        var machine = current(at: 4)
        machine.lost()
        #expect(machine.subscribed() == [.read(behind: 4)])
        #expect(machine.received(log(to: 2)) == [.read(behind: 0)])
        #expect(machine.received(log([(a, 2)], to: 2)) == [.doubtAll])
        #expect(machine.position == at(2))
    }

    @Test("a message that was lost on the way is found by asking")
    func found() {
        var machine = current(at: 4)
        #expect(machine.found(at(4)) == [])
        #expect(machine.found(at(5)) == [.read(behind: 4)])
        #expect(machine.position == nil && machine.found(at(6)) == [])
        #expect(machine.received(log([(a, 5)], to: 5)) == [.apply([a])])
        #expect(machine.found(at(5, epoch: 8)) == [.read(behind: 5)])
        // Overtaken by a message, or a Redis that has lost some: it tells which.
        #expect(machine.received(log(to: 5)) == [] && machine.found(at(3)) == [.read(behind: 5)])
    }

    @Test("with what was stored before a restart only what has been purged since is applied")
    func resumed() {
        var machine = PurgeFeedMachine(capacity: 10, resumingAt: at(4))
        #expect(machine.subscribed() == [.read(behind: 0)])
        #expect(machine.received(log([(a, 3), (b, 5)], to: 5)) == [.apply([b])])
        var other = PurgeFeedMachine(capacity: 10, resumingAt: at(4))
        #expect(other.subscribed() == [.read(behind: 0)])
        #expect(other.received(log([(b, 5)], to: 5, epoch: 8)) == [.doubtAll])
        #expect(other.position == at(5, epoch: 8))
    }

    @Test("what comes too late is nothing any more")
    func tooLate() {
        var machine = current(at: 4)
        machine.lost()
        #expect(machine.received(log([(a, 5)], to: 5)) == [])
        #expect(machine.position == nil)
    }

    @Test("an answer from ahead of what is known is not used")
    func ahead() {
        let machine = current(at: 4)
        #expect(machine.verdict(on: subject, since: at(5)) == .purged)
        #expect(machine.verdict(on: subject, since: at(4)) == .untouched)
    }
}
