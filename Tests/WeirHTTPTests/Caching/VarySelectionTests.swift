import Testing
import WeirHTTP

@Suite("Vary")
struct VarySelectionTests {
    private static func select(
        _ response: FieldSection,
        _ request: FieldSection = [:],
        ignoring: FieldNameSet = []
    ) -> VarySelection? {
        VarySelection.make(response: response, request: request, ignoring: ignoring)
    }

    @Test(
        "RFC 9110 §12.5.5: names are gathered from every line, sorted, lower-cased and each once",
        arguments: [
            ([:], []), (["Vary": ""], []), (["Vary": " , "], []), (["Vary": "Accept"], ["accept"]),
            (["Vary": "X-B, accept,,ACCEPT ,x-a"], ["accept", "x-a", "x-b"]),
            (["Vary": "X-B", "vary": "Accept, x-b"], ["accept", "x-b"]),
        ] as [(FieldSection, [String])]
    )
    func gathersNames(response: FieldSection, names: [String]) {
        #expect(Self.select(response)?.names == names)
    }

    @Test(
        "RFC 9111 §4.1: an asterisk matches nothing, nor does what is no name",
        arguments: [
            ["Vary": "*"], ["Vary": "Accept, *"], ["Vary": "Accept", "vary": " * "], ["Vary": "Accept Language"],
            ["Vary": "\"Accept\""], ["Vary": "Accept;q=1"],
        ] as [FieldSection]
    )
    func refuses(response: FieldSection) {
        #expect(Self.select(response) == nil)
    }

    @Test("what Weir negotiates itself selects nothing")
    func ignores() {
        #expect(Self.select(["Vary": "Accept-Encoding"], ignoring: [.acceptEncoding]) == VarySelection.none)
        #expect(Self.select(["Vary": "accept-encoding, X-A"], ignoring: [.acceptEncoding])?.names == ["x-a"])
        #expect(Self.select(["Vary": "X-A"], ignoring: [.other])?.names == ["x-a"])
        #expect(Self.select(["Vary": "Accept-Encoding, *"], ignoring: [.acceptEncoding]) == nil)
    }

    @Test(
        "RFC 9111 §4.1: which requests match",
        arguments: [
            ("Accept", ["Accept": "a"], ["accept": "a"], true),
            ("Accept", ["Accept": "a"], ["Accept": "b"], false),
            ("Accept", ["Accept": "a"], ["Accept": "A"], false),
            ("Accept-Language", ["Accept-Language": "en-US,de;q=0.5"], ["Accept-Language": "EN-us, de;Q=0.5"], true),
            ("Accept-Language", ["Accept-Language": "EN"], ["Accept-Language": "EN"], true),
            ("Accept-Language", ["Accept-Language": "EN"], ["Accept-Language": "en"], true),
            ("Accept-Language", ["Accept-Language": "en"], ["Accept-Language": "de"], false),
            ("Accept", ["Accept": "a"], [:], false),
            ("Accept", [:], ["Accept": "a"], false),
            ("Accept", [:], ["Accept": ""], false),
            ("Accept", ["Accept": ""], ["Accept": ""], true),
            ("Accept", [:], ["X-Other": "a"], true),
            ("Accept", ["Accept": "a, b"], ["Accept": "a,b"], true),
            ("Accept", ["Accept": "a ,\tb"], ["Accept": "a", "accept": "b"], true),
            ("Accept", ["Accept": "a", "accept": "b"], ["Accept": "a, b"], true),
            ("Accept", ["Accept": "a", "accept": "b"], ["Accept": "b", "accept": "a"], false),
            ("Accept", ["Accept": "a;x=\"1,2\""], ["Accept": "a;x=\"1, 2\""], false),
            ("X-A", ["X-A": "1"], ["x-a": "1"], true),
            ("X-A", ["X-A": "1", "x-a": "2"], ["X-A": "1, 2"], true),
            ("X-A", ["X-A": "1,2"], ["X-A": "1, 2"], false),
            ("X-A", ["X-A": "1"], ["X-B": "1"], false),
            ("User-Agent", ["User-Agent": "x (a,b)"], ["User-Agent": "x (a, b)"], false),
            ("X-A, Accept", ["Accept": "a", "X-A": "1"], ["X-A": "1", "Accept": "a"], true),
            ("X-A, Accept", ["Accept": "a", "X-A": "1"], ["X-A": "2", "Accept": "a"], false),
            ("X-A, Accept", ["Accept": "a"], ["Accept": "a"], true),
            ("", ["Accept": "a"], ["Accept": "b"], true),
        ] as [(String, FieldSection, FieldSection, Bool)]
    )
    func matches(vary: String, first: FieldSection, second: FieldSection, isMatch: Bool) throws {
        let selection = try #require(Self.select(["Vary": vary], first))
        #expect(selection.matches(first))
        #expect(selection.matches(second) == isMatch)
        #expect((Self.select(["Vary": vary], second) == selection) == isMatch)
    }

    @Test("a selection made from its parts is the one that was made from messages")
    func comparesParts() {
        let made = Self.select(["Vary": "X-A, Accept"], ["Accept": "a,b"])
        #expect(made == VarySelection(names: ["accept", "x-a"], values: [Array("a, b".utf8), nil]))
    }
}
