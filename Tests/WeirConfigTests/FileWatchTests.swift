import Foundation
import Testing

@testable import WeirConfig

@Suite struct FileWatchTests {
    private static func data(_ text: String?) -> Data? { text.map { Data($0.utf8) } }

    @Test(
        "a new content counts once two looks in a row have found it",
        arguments: [
            // What each look finds, and whether it is to be read then.
            ([("a", false), ("a", false)], "nothing has changed"),
            ([("b", false), ("b", true), ("b", false)], "changed once"),
            ([("b", false), ("bc", false), ("bcd", false), ("bcd", true)], "being written"),
            ([("", false), ("b", false), ("b", true)], "emptied, then written"),
            ([("b", false), ("a", false), ("a", false)], "changed back"),
            ([("b", false), ("a", false), ("b", false), ("b", true)], "there and back again"),
            ([(nil, false), ("b", false), ("b", true)], "replaced, with a gap"),
            ([(nil, false), (nil, true), (nil, false), ("b", false), ("b", true)], "gone, then another"),
            ([(nil, false), (nil, true), ("a", false), ("a", true)], "gone, then back as it was"),
            ([("b", false), (nil, false), ("b", false), ("b", true)], "gone in between"),
            ([(nil, false), ("a", false), ("a", false)], "gone for one look"),
            ([("b", false), ("b", true), ("c", false), ("c", true), ("a", false), ("a", true)], "several times"),
        ] as [([(String?, Bool)], String)]
    )
    func looks(script: [(content: String?, isToBeRead: Bool)], what: String) {
        var watch = FileWatch(known: Self.data("a"))
        for (content, isToBeRead) in script {
            let told = watch.look(Self.data(content))
            #expect(told == isToBeRead, "\(what): \(content ?? "none")")
        }
    }

    @Test("what has been read for another reason is not read again; what could not be read is, once it is back")
    func read() {
        var watch = FileWatch(known: Self.data("a"))
        var told = [watch.look(Self.data("b"))]
        watch.hasRead(Self.data("b"))
        for _ in 0..<2 { told.append(watch.look(Self.data("b"))) }
        #expect(told == [false, false, false])
        watch.hasRead(nil)
        told = [nil, "b", "b"].map { watch.look(Self.data($0)) }
        #expect(told == [false, false, true])
    }
}
