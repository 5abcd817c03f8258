import Testing
import WeirHTTP

@Suite("Field names")
struct FieldNameTests {
    private static let known = FieldName.allCases.filter { $0 != .other }

    @Test("Every known name is recognised in any case", arguments: known)
    func recognises(_ name: FieldName) {
        let text = name.canonicalName.description
        #expect(FieldName.recognise(text) == name)
        #expect(FieldName.recognise(text.lowercased()) == name)
        #expect(FieldName.recognise(text.uppercased()) == name)
        let mixed = text.enumerated().map { $0.offset % 2 == 0 ? $0.element.uppercased() : $0.element.lowercased() }
        #expect(FieldName.recognise(mixed.joined()) == name)
    }

    @Test("A near miss is none of them", arguments: known)
    func nearMisses(_ name: FieldName) {
        let text = Array(name.canonicalName.description.utf8)
        let others = Set(Self.known.map { $0.canonicalName.description.lowercased() })
        func check(_ bytes: [UInt8]) {
            let string = String(decoding: bytes, as: UTF8.self)
            guard !others.contains(string.lowercased()) else { return }
            #expect(FieldName.recognise(bytes.span) == .other, "\(string.debugDescription)")
        }
        check(text + [0x73])
        check([0x78] + text)
        check(Array(text.dropLast()))
        check(Array(text.dropFirst()))
        for place in text.indices {
            // Each differs in one bit from the letter or dash it replaces, or stands next to it.
            for flip in [0x01, 0x02, 0x40, 0x80, 0x10] as [UInt8] {
                var changed = text
                changed[place] ^= flip
                check(changed)
            }
            if !(0x41...0x5A).contains(text[place] & 0xDF) {
                var changed = text
                changed[place] ^= 0x20
                check(changed)
            }
        }
    }

    @Test(
        "Names of no length and of great length are none",
        arguments: ["", "a", "\u{7F}", String(repeating: "a", count: 70_000)]
    )
    func extremes(_ name: String) {
        #expect(FieldName.recognise(name) == .other)
    }

    @Test("All names fit into a set")
    func room() {
        #expect(FieldName.allCases.count <= 128)
    }

    @Test("A set holds what was put in it and nothing else")
    func sets() {
        var set: FieldNameSet = [.host, .xWeirTTL]
        #expect(set.contains(.host) && set.contains(.xWeirTTL) && !set.contains(.other) && !set.contains(.accept))
        set.remove(.host)
        #expect(set == [.xWeirTTL])
        #expect(set.union([.other]).contains(.other))
    }

    @Test("Token characters are those of RFC 9110")
    func tokens() {
        let tokens = Set("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ".utf8)
        for byte in UInt8.min...UInt8.max {
            #expect(ASCII.isTokenCharacter(byte) == tokens.contains(byte))
            let digit = byte < 128 ? Character(Unicode.Scalar(byte)).hexDigitValue : nil
            #expect(ASCII.hexValue(byte).map(Int.init) == digit)
        }
    }
}
