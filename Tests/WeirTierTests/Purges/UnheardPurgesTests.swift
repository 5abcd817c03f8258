import Testing
import WeirCache

@testable import WeirTier

@Suite struct UnheardPurgesTests {
    private let a = PurgeNotice(.tag("a"), isSoft: false)
    private let b = PurgeNotice(.tag("b"), isSoft: false)
    private let softA = PurgeNotice(.tag("a"), isSoft: true)

    private func verdict(_ purges: UnheardPurges, _ tags: String...) -> PurgeRegister.Verdict {
        purges.verdict(on: PurgeSubject(key: CacheKey(1, 2, 3, 4), path: "/", tags: tags))
    }

    @Test("what is purged is purged until its number has been heard")
    func own() {
        var purges = UnheardPurges(capacity: 10)
        purges.add([a, b])
        #expect(verdict(purges, "a") == .purged && verdict(purges, "c") == .untouched)
        purges.number([a, b], last: 8, until: purges.mark, isLast: true)
        #expect(verdict(purges, "a") == .purged)
        purges.registered(upTo: 7)
        #expect(verdict(purges, "a") == .untouched && verdict(purges, "b") == .purged)
        purges.registered(upTo: 8)
        #expect(verdict(purges, "b") == .untouched)
    }

    @Test("the number of one does not end a later one of the same subject")
    func again() {
        var purges = UnheardPurges(capacity: 10)
        purges.add([a])
        let mark = purges.mark
        purges.add([a])
        purges.number([a], last: 1, until: mark, isLast: true)
        purges.registered(upTo: 1)
        #expect(verdict(purges, "a") == .purged)
    }

    @Test("hard and soft ones are apart, and the hard one has the word")
    func soft() {
        var purges = UnheardPurges(capacity: 10)
        purges.add([softA])
        #expect(verdict(purges, "a") == .softened)
        purges.add([a])
        #expect(verdict(purges, "a") == .purged)
        purges.number([a], last: 1, until: purges.mark, isLast: false)
        purges.registered(upTo: 1)
        #expect(verdict(purges, "a") == .softened)
    }

    @Test("another order ends what had a number, and nothing else")
    func orderHasEnded() {
        var purges = UnheardPurges(capacity: 10)
        purges.add([a])
        purges.number([a], last: 100, until: purges.mark, isLast: true)
        purges.add([b])
        purges.orderHasEnded()
        #expect(verdict(purges, "a") == .untouched && verdict(purges, "b") == .purged)
    }

    @Test("too many are one of everything")
    func many() {
        var purges = UnheardPurges(capacity: 2)
        purges.add([a, b, softA])
        #expect(verdict(purges, "c") == .purged)
    }

    @Test("the one of everything that too many become ends with the last of them, and with no other")
    func manyHeard() {
        var purges = UnheardPurges(capacity: 2)
        purges.add([a, b, softA])
        let mark = purges.mark
        purges.number([a, b], last: 2, until: mark, isLast: false)
        purges.registered(upTo: 2)
        #expect(verdict(purges, "c") == .purged)
        purges.add([b])
        purges.number([softA], last: 3, until: mark, isLast: true)
        purges.registered(upTo: 2)
        #expect(verdict(purges, "c") == .purged)
        purges.registered(upTo: 3)
        #expect(verdict(purges, "c") == .untouched && verdict(purges, "a") == .untouched)
        #expect(verdict(purges, "b") == .purged)
    }

    @Test("told as one of everything, what came behind the too many ends as well")
    func manyAndMore() {
        var purges = UnheardPurges(capacity: 2)
        purges.add([a, b, softA])
        purges.add([a])
        purges.number([PurgeNotice(.all, isSoft: false)], last: 1, until: purges.mark, isLast: true)
        purges.registered(upTo: 1)
        #expect(verdict(purges, "a") == .untouched && verdict(purges, "c") == .untouched)
    }
}
