import Testing

@testable import WeirTier

@Suite struct ConsultationMachineTests {
    @Test("what is there is the answer")
    func hit() {
        var machine = ConsultationMachine(mayLock: true, mayWait: true)
        #expect(machine.looked(isUsable: true, written: 0) == .answer)
        #expect(machine.gaveUp() == nil)
    }

    @Test("what is not there is fetched under the lock")
    func miss() {
        var machine = ConsultationMachine(mayLock: true, mayWait: true)
        #expect(machine.looked(isUsable: false, written: 3) == .lock)
        #expect(machine.locked(token: 4, written: 3) == .fetch(token: 4))
    }

    @Test("without waiting for each other it is fetched at once")
    func alone() {
        var machine = ConsultationMachine(mayLock: false, mayWait: false)
        #expect(machine.looked(isUsable: false, written: 0) == .fetch(token: nil))
    }

    @Test("who does not wait leaves the fetch to who has the lock")
    func left() {
        var machine = ConsultationMachine(mayLock: true, mayWait: false)
        #expect(machine.looked(isUsable: false, written: 0) == .lock)
        #expect(machine.foundLocked() == .leave)
        #expect(machine.gaveUp() == nil)
    }

    @Test("who has the lock looks again where somebody has written since, and keeps it")
    func writtenMeanwhile() {
        var machine = ConsultationMachine(mayLock: true, mayWait: true)
        #expect(machine.looked(isUsable: false, written: 3) == .lock)
        #expect(machine.locked(token: 5, written: 4) == .look)
        #expect(machine.looked(isUsable: false, written: 4) == .fetch(token: 5))
    }

    @Test("who waits takes what the other has stored")
    func waited() {
        var machine = ConsultationMachine(mayLock: true, mayWait: true)
        _ = machine.looked(isUsable: false, written: 0)
        #expect(machine.foundLocked() == .wait)
        #expect(machine.heard(.stored) == .look)
        #expect(machine.looked(isUsable: true, written: 1) == .answer)
    }

    @Test("where it is not what is wanted it is fetched without waiting again")
    func waitedInVain() {
        var machine = ConsultationMachine(mayLock: true, mayWait: true)
        _ = machine.looked(isUsable: false, written: 0)
        _ = machine.foundLocked()
        #expect(machine.heard(.stored) == .look)
        #expect(machine.looked(isUsable: false, written: 1) == .fetch(token: nil))
    }

    @Test("what cannot be shared is fetched by all who waited, at once")
    func unshared() {
        var machine = ConsultationMachine(mayLock: true, mayWait: true)
        _ = machine.looked(isUsable: false, written: 0)
        _ = machine.foundLocked()
        #expect(machine.heard(.unshared) == .fetch(token: nil))
        #expect(machine.heard(.stored) == nil)
    }

    @Test("where the other has died one takes its place, and the rest wait for that one")
    func died() {
        var machine = ConsultationMachine(mayLock: true, mayWait: true)
        _ = machine.looked(isUsable: false, written: 0)
        _ = machine.foundLocked()
        #expect(machine.foundUnlocked() == .look)
        #expect(machine.foundUnlocked() == nil)
        #expect(machine.looked(isUsable: false, written: 0) == .lock)
        #expect(machine.foundLocked() == .wait)
        #expect(machine.foundUnlocked() == .look)
        #expect(machine.looked(isUsable: false, written: 0) == .lock)
        #expect(machine.locked(token: 2, written: 0) == .fetch(token: 2))
    }

    @Test("whatever fails ends in a fetch, with the lock where it was had")
    func failures() {
        var looking = ConsultationMachine(mayLock: true, mayWait: true)
        #expect(looking.gaveUp() == .fetch(token: nil))
        #expect(looking.gaveUp() == nil)
        var locking = ConsultationMachine(mayLock: true, mayWait: true)
        _ = locking.looked(isUsable: false, written: 0)
        #expect(locking.gaveUp() == .fetch(token: nil))
        var again = ConsultationMachine(mayLock: true, mayWait: true)
        _ = again.looked(isUsable: false, written: 0)
        _ = again.locked(token: 9, written: 1)
        #expect(again.gaveUp() == .fetch(token: 9))
        var waiting = ConsultationMachine(mayLock: true, mayWait: true)
        _ = waiting.looked(isUsable: false, written: 0)
        _ = waiting.foundLocked()
        #expect(waiting.gaveUp() == .fetch(token: nil))
        #expect(waiting.heard(.stored) == nil && waiting.foundUnlocked() == nil)
    }
}
