import Testing

@testable import WeirHTTP

@Suite("Dictionaries of RFC 9651")
struct StructuredDictionaryTests {
    private static func parse(_ text: String) -> [String]? {
        StructuredDictionary.parse(Array(text.utf8).span)?.map { member in
            let key = String(decoding: member.key, as: UTF8.self)
            switch member.value {
            case .boolean(let flag): return "\(key)=\(flag)"
            case .string(let text): return "\(key)=\"\(String(decoding: text, as: UTF8.self))\""
            case .other(let text): return "\(key)=<\(String(decoding: text, as: UTF8.self))>"
            }
        }
    }

    @Test(
        "every type of item is read",
        arguments: [
            ("", []), ("   ", []), ("a", ["a=true"]), ("a=?1", ["a=true"]), ("a=?0", ["a=false"]),
            ("a=1", ["a=<1>"]), ("a=-12", ["a=<-12>"]), ("a=1.25", ["a=<1.25>"]),
            ("a=999999999999999", ["a=<999999999999999>"]), ("a=\"b \\\"c\\\\\"", ["a=\"b \"c\\\""]),
            ("a=b/c:d", ["a=<b/c:d>"]), ("a=*x", ["a=<*x>"]), ("a=:aGk=:", ["a=<:aGk=:>"]),
            ("a=@1659578233", ["a=<@1659578233>"]),
            ("a=%\"f%c3%bc\"", ["a=<%\"f%c3%bc\">"]), ("a=(1 \"b\";c  d)", ["a=<(1 \"b\";c  d)>"]),
            ("a=()", ["a=<()>"]),
            ("a;b;c=1;d=\"x\"", ["a=true"]), ("a=1; b=2,c", ["a=<1>", "c=true"]), ("a \t, \tb", ["a=true", "b=true"]),
            ("a=1,b=2,a=3", ["b=<2>", "a=<3>"]), ("*a-b_c.d*1", ["*a-b_c.d*1=true"]), ("  a=1  ", ["a=<1>"]),
        ] as [(String, [String])]
    )
    func readsItems(text: String, expected: [String]) {
        #expect(Self.parse(text) == expected)
    }

    @Test(
        "what is malformed anywhere is no dictionary at all",
        arguments: [
            ",", "a,", "a,,b", "A", "1", "-", "a=", "a= 1", "a =1", "a b", "a=1 b", "a=?2", "a=?", "a=1.", "a=.5",
            "a=1.2345", "a=-", "a=--1", "a=1234567890123456", "a=1234567890123.1", "a=\"x", "a=\"\\x\"", "a=\"\u{7}\"",
            "a=\"ü\"", "a=:x", "a=:!:", "a=@1.5", "a=@", "a=%x", "a=(1", "a=(1,2)", "a=(1\"x\")", "a;", "a;B", "a;b=",
            "a=\u{1}", "\ta", "a=1;",
        ]
    )
    func refusesMalformed(text: String) {
        #expect(Self.parse(text) == nil)
    }

    @Test("no text is too strange to be looked at", arguments: 0..<64)
    func survivesAnything(seed: Int) {
        var state = UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 &+ 1
        let alphabet = Array("ab=\";:,?01.-()%@\\ \t*".utf8)
        for _ in 0..<50 {
            var text: [UInt8] = []
            for _ in 0..<24 {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                text.append(alphabet[Int(state >> 33) % alphabet.count])
            }
            // Members that were read are read again from their own letters.
            for member in StructuredDictionary.parse(text.span) ?? [] {
                #expect(StructuredDictionary.parse(member.key.span) == [.init(key: member.key, value: .boolean(true))])
            }
        }
    }
}
