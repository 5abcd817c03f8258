import NIOCore
import Testing
import WeirHTTP

@testable import WeirCache

@Suite("Stored responses")
struct StoredResponseTests {
    private let start = NIODeadline.uptimeNanoseconds(1_000_000_000)

    @Test("uses are counted through further forms, and from nothing again once it is fetched")
    func uses() {
        let stored = response(key(1))
        #expect((0..<3).map { _ in stored.countUse() } == [1, 2, 3])
        let coded = stored.adding(
            Representation(
                form: .init(coding: .gzip),
                head: ByteBuffer(),
                notModifiedHead: ByteBuffer(),
                body: ByteBuffer(),
                etag: nil
            )
        )
        #expect(coded.countUse() == 4)
        #expect(response(key(1)).countUse() == 1)
    }

    @Test("a refresh is one caller's, until its pause is over")
    func refreshes() {
        let stored = response(key(1))
        #expect(stored.beginRefresh(now: start, pause: .seconds(10)))
        #expect(!stored.beginRefresh(now: start, pause: .seconds(10)))
        #expect(!stored.beginRefresh(now: start + .milliseconds(9_999), pause: .seconds(10)))
        #expect(!stored.softened(at: start).beginRefresh(now: start, pause: .seconds(10)))
        #expect(stored.beginRefresh(now: start + .seconds(10), pause: .seconds(10)))
    }

    @Test("of callers at once one refreshes")
    func refreshesOnce() async {
        let stored = response(key(1))
        let begun = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<100 { group.addTask { stored.beginRefresh(now: start, pause: .seconds(10)) } }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(begun == 1)
    }
}
