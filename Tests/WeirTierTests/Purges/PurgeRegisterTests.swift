import Testing
import WeirCache

@testable import WeirTier

@Suite struct PurgeRegisterTests {
    private let subject = PurgeSubject(key: CacheKey(1, 2, 3, 4), path: "/courses/7", tags: ["course:7", "all"])

    private func register(_ notices: String..., capacity: Int = 100) throws -> PurgeRegister {
        var register = PurgeRegister(capacity: capacity)
        for (index, text) in notices.enumerated() {
            register.note(try #require(PurgeNotice(text)), number: UInt64(index + 1))
        }
        return register
    }

    @Test(
        "what was purged after it was asked for is purged",
        arguments: [
            "t:course:7", "t:all", "p:course:*", "p:/courses/*", "a:",
            "k:0000000000000001000000000000000200000000000000030000000000000004",
        ]
    )
    func purged(text: String) throws {
        let register = try register(text)
        #expect(register.verdict(on: subject, since: 0) == .purged)
        #expect(register.verdict(on: subject, since: 1) == .untouched)
        let soft = try self.register(text.prefix(1).uppercased() + text.dropFirst())
        #expect(soft.verdict(on: subject, since: 0) == .softened)
        #expect(soft.verdict(on: subject, since: 1) == .untouched)
    }

    @Test("what is meant for others leaves it", arguments: ["t:course:8", "p:user:*", "p:/course", "p:/courses", "t:"])
    func others(text: String) throws {
        #expect(try register(text).verdict(on: subject, since: 0) == .untouched)
    }

    @Test("a soft purge behind a hard one does not undo it")
    func both() throws {
        let register = try register("t:all", "T:all")
        #expect(register.verdict(on: subject, since: 0) == .purged)
        #expect(register.verdict(on: subject, since: 1) == .softened)
        #expect(register.verdict(on: subject, since: 2) == .untouched)
    }

    @Test("the latest purge of a subject counts")
    func again() throws {
        let register = try register("t:all", "t:other", "t:all")
        #expect(register.verdict(on: subject, since: 2) == .purged)
        #expect(register.verdict(on: subject, since: 3) == .untouched)
    }

    @Test("what the oldest forgotten purge may have been meant for is purged")
    func forgotten() throws {
        let register = try register("t:a", "t:b", "t:c", capacity: 2)
        #expect(register.floor == 1 && register.count == 2)
        #expect(register.verdict(on: subject, since: 0) == .purged)
        #expect(register.verdict(on: subject, since: 1) == .untouched)
    }

    @Test("a purge that came again is not forgotten with its first time")
    func keptAgain() throws {
        let register = try register("t:all", "t:all", "t:b", capacity: 2)
        #expect(register.floor == 0)
        #expect(register.verdict(on: subject, since: 1) == .purged)
        #expect(register.verdict(on: subject, since: 2) == .untouched)
    }

    @Test("patterns are remembered up to a number of them")
    func patterns() throws {
        var register = PurgeRegister(capacity: 10_000)
        for number in 1...1001 {
            register.note(PurgeNotice(.pattern("other-\(number)*"), isSoft: false), number: UInt64(number))
        }
        #expect(register.floor == 1)
        #expect(register.verdict(on: subject, since: 1) == .untouched)
    }

    @Test("answers from below the floor are not used")
    func floor() throws {
        var register = try register("t:b")
        register.raiseFloor(to: 5)
        register.raiseFloor(to: 3)
        #expect(register.verdict(on: subject, since: 4) == .purged)
        #expect(register.verdict(on: subject, since: 5) == .untouched)
    }
}
