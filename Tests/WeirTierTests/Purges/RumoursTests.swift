import Testing
import WeirCache

@testable import WeirTier

@Suite struct RumoursTests {
    private let a = PurgeNotice(.tag("a"), isSoft: false)
    private let b = PurgeNotice(.tag("b"), isSoft: false)
    private let softA = PurgeNotice(.tag("a"), isSoft: true)

    private func verdict(_ rumours: Rumours, _ tags: String...) -> PurgeRegister.Verdict {
        rumours.verdict(on: PurgeSubject(key: CacheKey(1, 2, 3, 4), path: "/", tags: tags))
    }

    @Test("a rumour bars what it is meant for until its number has come, and is nobody's then")
    func registered() {
        var rumours = Rumours(capacity: 10, patience: 2)
        rumours.heard(a)
        rumours.heard(softA)
        #expect(verdict(rumours, "a") == .purged && verdict(rumours, "b") == .untouched)
        rumours.registered(a)
        #expect(verdict(rumours, "a") == .softened)
        rumours.registered(softA)
        #expect(verdict(rumours, "a") == .untouched)
        #expect((1...5).allSatisfy { _ in rumours.takeOverdue().isEmpty })
    }

    @Test("one that nobody gets a number is taken over in the end, once")
    func overdue() {
        var rumours = Rumours(capacity: 10, patience: 2)
        rumours.heard(a)
        rumours.heard(a)
        #expect(rumours.takeOverdue() == [])
        rumours.heard(b)
        #expect(rumours.takeOverdue() == [a])
        #expect(verdict(rumours, "a") == .untouched && verdict(rumours, "b") == .purged)
        #expect(rumours.takeOverdue() == [b])
        #expect(rumours.takeOverdue() == [])
    }

    @Test("one that is heard again waits anew: somebody is there who sees to it")
    func again() {
        var rumours = Rumours(capacity: 10, patience: 2)
        rumours.heard(a)
        #expect(rumours.takeOverdue() == [])
        rumours.heard(a)
        #expect(rumours.takeOverdue() == [])
        #expect(verdict(rumours, "a") == .purged)
        #expect(rumours.takeOverdue() == [a])
    }

    @Test("too many are one of everything, which is taken over as that")
    func many() {
        var rumours = Rumours(capacity: 2, patience: 1)
        for notice in [a, b, softA] { rumours.heard(notice) }
        #expect(verdict(rumours, "c") == .purged)
        #expect(rumours.takeOverdue() == [PurgeNotice(.all, isSoft: false)])
        #expect(verdict(rumours, "c") == .untouched)
    }
}
