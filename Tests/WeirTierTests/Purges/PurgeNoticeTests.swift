import Testing
import WeirCache

@testable import WeirTier

@Suite struct PurgeNoticeTests {
    private static let key = CacheKey(1, 2, 3, 4)

    @Test(
        "a notice reads as it was written",
        arguments: [
            (PurgeNotice(.tag("course:7"), isSoft: false), "t:course:7"), (PurgeNotice(.tag(""), isSoft: true), "T:"),
            (PurgeNotice(.tag("a b\nc"), isSoft: false), "t:a b\nc"),
            (PurgeNotice(.pattern("/a/*"), isSoft: true), "P:/a/*"), (PurgeNotice(.all, isSoft: false), "a:"),
            (PurgeNotice(.all, isSoft: true), "A:"), (PurgeNotice(.key(key), isSoft: false), "k:\(key)"),
        ]
    )
    func text(notice: PurgeNotice, text: String) {
        #expect(notice.text == text)
        #expect(PurgeNotice(text) == notice)
    }

    @Test("what is none is none", arguments: ["", "t", "tcourse", "x:1", "k:12", "k:", ":a", "ä:"])
    func none(text: String) { #expect(PurgeNotice(text) == nil) }

    @Test("a purge of several tags is one notice each")
    func several() {
        let notices = PurgeNotice.of(.tags(["b", "a"]), isSoft: true)
        #expect(notices.map(\.text) == ["T:a", "T:b"])
        #expect(PurgeNotice.of(.pattern(GlobPattern("x*")), isSoft: false).map(\.text) == ["p:x*"])
        #expect(notices[0].purge == .tags(["a"]))
    }
}
