import Testing

@testable import WeirCache

@Suite("Purge log")
struct PurgeLogTests {
    private let entry = response(key(1), tags: ["course:1", "list"], path: "/courses/1")

    @Test(
        "a purge since the mark finds what it is meant for",
        arguments: [
            (.key(key(1)), true), (.key(key(2)), false), (.tags(["x", "list"]), true), (.tags(["x"]), false),
            (.pattern(GlobPattern("course:*")), true), (.pattern(GlobPattern("user:*")), false),
            (.pattern(GlobPattern("/courses/*")), true), (.pattern(GlobPattern("/other/*")), false), (.all, true),
        ] as [(Purge, Bool)]
    )
    func matches(purge: Purge, isMatch: Bool) {
        let log = PurgeLog()
        let before = log.mark()
        #expect(!log.hasPurged(entry.purgeSubject, since: before))
        log.append(purge)
        #expect(log.hasPurged(entry.purgeSubject, since: before) == isMatch)
        #expect(!log.hasPurged(entry.purgeSubject, since: log.mark()))
    }

    @Test("a mark that the log does not reach back to may have missed anything")
    func bounded() {
        let log = PurgeLog(maxPurges: 3)
        let old = log.mark()
        log.append(.key(key(2)))
        let young = log.mark()
        for _ in 0..<3 { log.append(.key(key(2))) }
        #expect(log.hasPurged(entry.purgeSubject, since: old))
        #expect(!log.hasPurged(entry.purgeSubject, since: young))
    }

    @Test("a purge of more tags than the log can hold is one that may be meant for anything")
    func large() {
        let log = PurgeLog(maxSize: 1000)
        let mark = log.mark()
        log.append(.tags(Set((0..<100).map { "tag:\($0)" })))
        #expect(log.hasPurged(entry.purgeSubject, since: mark))
        #expect(!log.hasPurged(entry.purgeSubject, since: log.mark()))
    }
}
