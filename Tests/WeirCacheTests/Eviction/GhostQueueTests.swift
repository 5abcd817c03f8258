import Testing

@testable import WeirCache

@Suite("Ghost queue")
struct GhostQueueTests {
    @Test("it remembers the latest and forgets what it gave")
    func remembers() {
        var ghosts = GhostQueue()
        for fingerprint in UInt32(1)...5 { ghosts.remember(fingerprint, limit: 3) }
        #expect((1...5).map { ghosts.take($0) } == [false, false, true, true, true])
        #expect((1...5).map { ghosts.take($0) } == [false, false, false, false, false])
        #expect(ghosts.count == 0)
    }

    @Test("what came again counts from the last time")
    func again() {
        var ghosts = GhostQueue()
        for fingerprint: UInt32 in [1, 2, 1, 3] { ghosts.remember(fingerprint, limit: 2) }
        #expect((1...3).map { ghosts.take($0) } == [true, false, true])
    }

    @Test("a limit that has fallen is come down to a few at a time")
    func falls() {
        var ghosts = GhostQueue()
        for fingerprint in UInt32(0)..<100 { ghosts.remember(fingerprint, limit: 100) }
        let counts = (0..<40).map { (number: UInt32) in
            ghosts.remember(100 + number, limit: 10)
            return ghosts.count
        }
        #expect(counts.prefix(30).elementsEqual((1...30).map { 100 - $0 * 3 }) && counts.last == 10)
        #expect((0..<140).filter { ghosts.take($0) } == Array(130..<140))
    }
}
