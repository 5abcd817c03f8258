import Testing

@testable import WeirConfig

@Suite struct SpellingTests {
    @Test(
        "Edits and swaps count",
        arguments: [
            ("", "", 0), ("", "abc", 3), ("abc", "", 3), ("abc", "abc", 0), ("abc", "abd", 1), ("abc", "acb", 1),
            ("breakr", "breaker", 1), ("kitten", "sitting", 3), ("ca", "abc", 3),
        ]
    )
    func distances(left: String, right: String, distance: Int) {
        #expect(Spelling.distance(Array(left.unicodeScalars), Array(right.unicodeScalars)) == distance)
        #expect(Spelling.distance(Array(right.unicodeScalars), Array(left.unicodeScalars)) == distance)
    }

    @Test(
        "Only what is near is suggested",
        arguments: [
            ("breakr", "breaker"), ("Upstream", "upstreams"), ("lsiten", "listen"), ("drian", "drain"), ("xyz", nil),
            ("q", nil), ("completely_else", nil), ("listn", "listen"),
        ] as [(String, String?)]
    )
    func nearest(name: String, expected: String?) {
        #expect(Spelling.nearest(to: name, among: ["breaker", "upstreams", "listen", "drain", "log"]) == expected)
    }
}
