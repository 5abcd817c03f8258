import Testing
import WeirTraces

@testable import WeirOpenAI

@Suite("Canonical JSON")
struct CanonicalWriterTests {
    @Test(
        "Numbers have one form, and no digit is lost",
        arguments: [
            ("0", "0"), ("-0", "0"), ("0.0", "0"), ("-0.000", "0"), ("0e9", "0"), ("0E-999999999999999999999", "0"),
            ("1.0", "1"), ("1e2", "100"), ("1E+2", "100"), ("100", "100"), ("10e1", "100"), ("1000e-1", "100"),
            ("-1.50", "-1.5"), ("15e-1", "1.5"), ("0.15e1", "1.5"), ("0.7", "0.7"), ("0.70", "0.7"), ("7e-1", "0.7"),
            ("-0.5", "-0.5"), ("12.345", "12.345"), ("0.05", "0.05"), ("1e-9", "0.000000001"),
            ("1e-10", "1e-10"), ("0.0000000001", "1e-10"), ("123e-12", "123e-12"), ("0.0000000123", "0.0000000123"),
            ("9007199254740993", "9007199254740993"), ("9007199254740993.0", "9007199254740993"),
            ("123456789012345678901234567890", "123456789012345678901234567890"),
            ("1.23456789012345678901234567890", "1.2345678901234567890123456789"),
            ("1e64", "1" + String(repeating: "0", count: 64)),
            ("1e65", "1e65"), ("10e64", "1e65"), ("1" + String(repeating: "0", count: 65), "1e65"),
            ("1e400", "1e400"), ("10e399", "1e400"), ("1e-400", "1e-400"),
            ("1.00e0000000000000000000000000000400", "1e400"),
            ("12e99999999999999999", "12e99999999999999999"),
            ("1e999999999999999999999999", "1e999999999999999999999999"),
        ]
    )
    func numbers(text: String, expected: String) {
        #expect(canonicalJSON(text) == expected)
        #expect(canonicalJSON("[\(text), \(text)]") == "[\(expected),\(expected)]")
        #expect(canonicalJSON(expected) == expected)
    }

    @Test("Long runs of digits stay whole")
    func longNumbers() {
        let digits = String(repeating: "1234567890", count: 40) + "7"
        #expect(canonicalJSON(digits) == digits)
        #expect(canonicalJSON(digits + ".0") == digits)
        #expect(canonicalJSON("0." + digits) == "0." + digits)
    }

    @Test(
        "Strings have one form",
        arguments: [
            (#""""#, #""""#), (#""a\/b""#, #""a/b""#), (#""\u0041""#, #""A""#), (#""\u00e9""#, "\"é\""),
            (#""\u00E9""#, "\"é\""), (#""\ud83d\ude00""#, "\"😀\""), (#""\uD83D\uDE00""#, "\"😀\""),
            (#""\u000a""#, #""\n""#), (#""\u0008\u0009\u000c\u000d""#, #""\b\t\f\r""#),
            (#""\u0022\u005c""#, #""\"\\""#),
            (#""\u0001""#, #""\u0001""#), (#""\u001F""#, #""\u001f""#), (#""\u007f""#, "\"\u{7F}\""),
            (#""\ud800""#, #""\ud800""#), (#""\uDFFFx""#, #""\udfffx""#), (#""\ud800\ud800""#, #""\ud800\ud800""#),
            (#""\ude00\ud83d""#, #""\ude00\ud83d""#), (#""\ud83d\u0041""#, #""\ud83dA""#),
            (#""\n\t\"\\""#, #""\n\t\"\\""#), (#""\\u0041""#, #""\\u0041""#), (#""\u2028""#, "\"\u{2028}\""),
            (#""\u0000""#, #""\u0000""#), ("\"e\u{301}\"", "\"e\u{301}\""),
        ]
    )
    func strings(text: String, expected: String) {
        let result = canonicalJSON(text)
        #expect(result.map { Array($0.utf8) } == Array(expected.utf8))
        #expect(canonicalJSON(expected) == expected)
        #expect(canonicalJSON("{\(text):1}").map { Array($0.utf8) } == Array("{\(expected):1}".utf8))
    }

    @Test("Members are sorted by bytes, arrays are not")
    func order() {
        #expect(
            canonicalJSON(#" { "b" : [ 3 , 1 ] , "a" : { "d" : 1 , "c" : 2 } , "" : 0 } "#)
                == #"{"":0,"a":{"c":2,"d":1},"b":[3,1]}"#
        )
        #expect(canonicalJSON(#"{"é":1,"z":2,"Z":3,"aa":4,"a":5}"#) == #"{"Z":3,"a":5,"aa":4,"z":2,"é":1}"#)
        #expect(canonicalJSON(#"{"\u0062":1,"a":2,"\u0061b":3}"#) == #"{"a":2,"ab":3,"b":1}"#)
    }

    @Test("Objects of any size are sorted", arguments: [1, 2, 23, 24, 25, 26, 100, 1000])
    func manyMembers(count: Int) {
        var generator = SplitMix64(state: UInt64(count))
        let names = (0..<count).map { "k\($0)" }
        let sorted = names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        let expected = "{" + sorted.map { "\"\($0)\":1" }.joined(separator: ",") + "}"
        for _ in 0..<5 {
            let text = "{" + names.shuffled(using: &generator).map { "\"\($0)\":1" }.joined(separator: ",") + "}"
            #expect(canonicalJSON(text) == expected)
        }
        let repeated = "{" + (names + [names[count / 2]]).map { "\"\($0)\":1" }.joined(separator: ",") + "}"
        #expect(canonicalJSON(repeated) == nil)
    }

    @Test(
        "Names with one beginning are sorted by what follows it, and written with escapes where they stood",
        arguments: [2, 30]
    )
    func beginnings(count: Int) {
        let endings = "!#$%&'()*+,-./0123456789:;<=>?@ABC".prefix(count).map(String.init)
        var names = ["eight", "eight___", "eight__"]
        for ending in endings { names += ["eight___" + ending, "eight__" + ending] }
        let sorted = names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        let expected = "{" + sorted.map { "\"\($0)\":0" }.joined(separator: ",") + "}"
        for shift in 0..<names.count {
            let turned = names[shift...] + names[..<shift]
            let plain = turned.map { "\"\($0)\": 0" }.joined(separator: ", ")
            let escaped = turned.map { "\"\\u0065\($0.dropFirst())\":0" }.joined(separator: ",")
            #expect(canonicalJSON("{\(plain)}") == expected)
            #expect(canonicalJSON("{\(escaped)}") == expected)
        }
    }

    @Test(
        "A repeated member is found wherever it lies",
        arguments: [
            #"{"a":1,"a":1}"#, #"{"a":1,"\u0061":2}"#, #"[{"x":{"a":1,"b":2,"a":3}}]"#, #"{"\/":1,"/":2}"#,
            #"{"":1,"":2}"#, #"{"\ud800":1,"\uD800":2}"#, "{\"é\":1,\"\\u00e9\":2}",
        ]
    )
    func repeated(text: String) {
        #expect(canonicalJSON(text) == nil)
    }

    @Test("Names that only look alike are not repeated")
    func notRepeated() {
        #expect(canonicalJSON("{\"é\":1,\"e\u{301}\":2}") != nil)
        #expect(canonicalJSON(#"{"\ud800":1,"\ud801":2,"\\ud800":3}"#) != nil)
        #expect(canonicalJSON(#"[{"a":1},{"a":1}]"#) == #"[{"a":1},{"a":1}]"#)
    }

    @Test("The canonical form of any text is its own canonical form, and white space and order do not change it")
    func fixedPoint() throws {
        var generator = SplitMix64(state: 42)
        for _ in 0..<400 {
            let value = RandomJSON.value(depth: 4, &generator)
            let form = try #require(canonicalJSON(value.written(&generator)))
            #expect(canonicalJSON(form) == form)
            for _ in 0..<3 { #expect(canonicalJSON(value.written(&generator)) == form) }
        }
    }
}
