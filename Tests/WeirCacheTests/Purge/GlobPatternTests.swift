import Testing

@testable import WeirCache

@Suite("Glob patterns")
struct GlobPatternTests {
    @Test(
        "a pattern matches what it says",
        arguments: [
            ("", ["": true, "a": false]),
            ("*", ["": true, "anything": true]),
            ("?", ["a": true, "é": true, "": false, "ab": false]),
            ("course:*", ["course:1": true, "course:": true, "course": false, "a course:1": false]),
            ("*:1", ["course:1": true, "course:1:1": true, "course:11": false]),
            ("a*b*c", ["abc": true, "a-b-b-c": true, "acb": false, "abcd": false]),
            ("a**c?", ["acd": true, "abbcd": true, "ac": false]),
            ("*a?b", ["aab": true, "aaaxb": true, "ab": false]),
            ("/courses/*", ["/courses/1": true, "/courses/1/2": true, "/courses": false]),
            ("[a]", ["[a]": true, "a": false]),
        ] as [(String, [String: Bool])]
    )
    func matches(pattern: String, texts: [String: Bool]) {
        for (text, isMatch) in texts {
            #expect(GlobPattern(pattern).matches(text) == isMatch, "\(pattern) on \(text)")
        }
    }

    @Test("a pattern is about paths when it begins with a slash")
    func paths() {
        #expect(GlobPattern("/a*").coversPaths)
        #expect(!GlobPattern("a/*").coversPaths)
        #expect(!GlobPattern("").coversPaths)
    }

    @Test("many stars cost no more than the product of the lengths", .timeLimit(.minutes(1)))
    func hostile() {
        let pattern = GlobPattern(String(repeating: "a*", count: 200) + "b")
        #expect(!pattern.matches(String(repeating: "a", count: 2000)))
    }
}
