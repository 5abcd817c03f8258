import NIOCore
import Testing

@testable import WeirOpenAI

@Suite("JSON scanner")
struct JSONScannerTests {
    @Test(
        "Texts that are no JSON are refused",
        arguments: [
            "", " ", "{", "}", "[", "]", "[1,]", "[,1]", "[1 2]", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{,}",
            "{\"a\" 1}", "{1:2}", "{\"a\":1 \"b\":2}", "[1}", "{\"a\":1]", "tru", "truth", "True", "nul", "NaN",
            "Infinity", "-", "+1", "01", "-01", "1.", ".5", "1e", "1e+", "0x1", "1.e3", "'a'", "\"", "\"a", "\"\\\"",
            "\"\\x\"", "\"\\u12\"", "\"\\u12g4\"", "\"\\", "\"\u{1}\"", "\"\n\"", "\"\t\"", "1 2", "{} {}", "[]]",
            "null,", "// c\n1", "/**/1", "[1,,2]", "\u{FEFF}{}", "{\"a\"::1}", "\u{A0}1",
        ]
    )
    func invalid(text: String) {
        #expect(throws: JSONError.invalidJSON) { try JSONDocument(buffer(text)) }
    }

    @Test(
        "Bytes that are no UTF-8 are refused as such",
        arguments: [
            [0x80], [0xC0, 0x80], [0xC1, 0xBF], [0xC3], [0xC3, 0x28], [0xE0, 0x80, 0x80], [0xE2, 0x82],
            [0xED, 0xA0, 0x80], [0xED, 0xBF, 0xBF], [0xF0, 0x80, 0x80, 0x80], [0xF4, 0x90, 0x80, 0x80],
            [0xF5, 0x80, 0x80, 0x80], [0xFF],
        ] as [[UInt8]]
    )
    func invalidUTF8(bytes: [UInt8]) {
        #expect(throws: JSONError.invalidUTF8) { try JSONDocument(ByteBuffer(bytes: [0x22] + bytes + [0x22])) }
        #expect(throws: JSONError.invalidUTF8) { try JSONDocument(ByteBuffer(bytes: bytes)) }
    }

    @Test("Every scalar at the edges of UTF-8's lengths is taken")
    func validUTF8() throws {
        let text = "\u{7F}\u{80}\u{7FF}\u{800}\u{D7FF}\u{E000}\u{FFFF}\u{10000}\u{10FFFF}"
        let document = try JSONDocument(buffer("\"\(text)\""))
        #expect(document.string(JSONDocument.root) == text)
    }

    @Test("Depth is bounded, and what is deep takes no stack")
    func depth() throws {
        func nested(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        #expect(canonicalJSON(nested(128)) == nested(128))
        #expect(throws: JSONError.tooDeep) { try JSONDocument(buffer(nested(129))) }
        #expect(throws: JSONError.tooDeep) {
            try JSONDocument(buffer(String(repeating: "{\"a\":[", count: 1_000_000)))
        }
    }

    @Test("Nodes lead past everything in them")
    func nodes() throws {
        let document = try JSONDocument(buffer(#" {"a":[1,{"x":2}],"b":null,"c":"t"} "#))
        #expect(document.members(JSONDocument.root).map { document.string($0.name) } == ["a", "b", "c"])
        let list = try #require(document.value("a", of: JSONDocument.root))
        #expect(document.elements(list).map { String(buffer: document.slice($0)) } == ["1", #"{"x":2}"#])
        #expect(document.value("b", of: JSONDocument.root) == nil)
        #expect(document.member("b", of: JSONDocument.root) != nil)
        #expect(document.string("c", of: JSONDocument.root) == "t")
    }

    @Test("Names are compared with their escapes undone")
    func names() throws {
        let document = try JSONDocument(buffer(#"{"us\u0065r":1,"\ud800":2}"#))
        #expect(document.integer("user", of: JSONDocument.root) == 1)
        #expect(document.value("\u{FFFD}", of: JSONDocument.root) == nil)
    }

    @Test(
        "Integers are read when they are written as such and fit",
        arguments: [
            ("0", 0), ("-7", -7), ("123456789012345678", 123_456_789_012_345_678), ("1.0", nil), ("1e2", nil),
            ("1234567890123456789", nil), ("\"1\"", nil), ("null", nil),
        ] as [(String, Int?)]
    )
    func integers(text: String, value: Int?) throws {
        let document = try JSONDocument(buffer(text))
        #expect(document.integer(JSONDocument.root) == value)
    }

    @Test("What ends a run of plain bytes is seen wherever it stands", arguments: 0..<20)
    func runs(count: Int) throws {
        let run = String(repeating: "a", count: count)
        for (next, length) in [("\\n", 2), ("\\u00e9", 6), ("é", 2), ("\u{7F}", 1), ("😀", 4), ("!", 1), ("", 0)] {
            for rest in ["", "b", "bbbbbbbbb"] {
                let document = try JSONDocument(buffer("\"\(run)\(next)\(rest)\""))
                #expect(document.textRange(JSONDocument.root).count == count + length + rest.utf8.count)
            }
        }
        for bad: UInt8 in [0x00, 0x1F, 0x80, 0xFF] {
            let text = Array("\"\(run)".utf8) + [bad] + Array("bbbbbbbb\"".utf8)
            #expect(throws: JSONError.self) { try JSONDocument(ByteBuffer(bytes: text)) }
        }
        #expect(throws: JSONError.self) { try JSONDocument(buffer("\"\(run)")) }
    }

    @Test("A text in the middle of a buffer is read from there")
    func offset() {
        var whole = buffer("xx{\"b\":1,\"a\":\"\\u0041\"}")
        whole.moveReaderIndex(forwardBy: 2)
        #expect(canonicalJSON(whole) == #"{"a":"A","b":1}"#)
    }
}
