import Testing
import WeirHTTP

@Suite("Validators")
struct ValidatorsTests {
    private static let date = "Sun, 06 Nov 1994 08:49:37 GMT"
    private static let later = "Sun, 06 Nov 1994 08:49:38 GMT"

    @Test(
        "RFC 9111 §4.3.1: a request is made conditional by what is stored",
        arguments: [
            ([:], []),
            (["ETag": "\"a\""], ["If-None-Match: \"a\""]),
            (["ETag": "W/\"a\"", "Last-Modified": date], ["If-None-Match: W/\"a\"", "If-Modified-Since: \(date)"]),
            (["Last-Modified": date], ["If-Modified-Since: \(date)"]),
            (["ETag": "a", "Last-Modified": date], ["If-Modified-Since: \(date)"]),
            (["ETag": "\"a\"", "etag": "\"b\""], []),
            (["Last-Modified": "yesterday"], []),
            (["Last-Modified": date, "last-modified": date], []),
            (["Date": date], []),
        ] as [(FieldSection, [String])]
    )
    func makesConditions(stored: FieldSection, expected: [String]) {
        let fields = Validators.conditionalFields(for: [stored]).map { name, value in
            "\(name.canonicalName): \(String(decoding: value, as: UTF8.self))"
        }
        #expect(fields == expected)
    }

    @Test(
        "RFC 9111 §4.3.4: a 304 speaks of what has its validators",
        arguments: [
            (["ETag": "\"a\""], ["ETag": "\"a\""], true),
            (["ETag": "\"a\""], ["ETag": "\"b\""], false),
            (["ETag": "W/\"a\""], ["ETag": "W/\"a\""], true),
            (["ETag": "\"a\""], ["ETag": "W/\"a\""], true),
            (["ETag": "W/\"a\""], ["ETag": "\"a\""], true),
            (["ETag": "\"a\"", "Last-Modified": date], ["ETag": "\"a\"", "Last-Modified": later], true),
            (["ETag": "\"a\""], [:], true),
            (["ETag": "\"a\""], ["Last-Modified": later], true),
            (["ETag": "\"a\"", "Last-Modified": date], ["Last-Modified": later], false),
            (["Last-Modified": date], [:], true),
            (["Last-Modified": date], ["Last-Modified": date], true),
            (["Last-Modified": date], ["Last-Modified": later], false),
            (["Last-Modified": date], ["Last-Modified": date, "ETag": "\"a\""], true),
            (["Last-Modified": date], ["ETag": "\"a\""], false),
            ([:], [:], true),
            ([:], ["Last-Modified": date], false),
        ] as [(FieldSection, FieldSection, Bool)]
    )
    func selects(stored: FieldSection, notModified: FieldSection, expected: Bool) {
        #expect(Validators.selected(of: [stored], by: notModified) == (expected ? [0] : []))
    }

    @Test(
        "RFC 9111 §4.3.1: the tags of all that could be chosen are asked about, each once, and the first one's date",
        arguments: [
            ([["ETag": "\"a\""], ["ETag": "W/\"b\""], ["ETag": "\"a\""]], ["If-None-Match: \"a\", W/\"b\""]),
            ([["Last-Modified": date], ["ETag": "\"b\""]], ["If-None-Match: \"b\"", "If-Modified-Since: \(date)"]),
            ([["ETag": "\"a\""], ["Last-Modified": date], ["ETag": "b"]], ["If-None-Match: \"a\""]),
            ([], []),
        ] as [([FieldSection], [String])]
    )
    func asksAboutAll(stored: [FieldSection], expected: [String]) {
        let fields = Validators.conditionalFields(for: stored).map { name, value in
            "\(name.canonicalName): \(String(decoding: value, as: UTF8.self))"
        }
        #expect(fields == expected)
    }

    @Test("so many tags that their list would be long are not all asked about")
    func bounded() throws {
        let stored = (0..<16).map { ["ETag": "\"\($0)\(String(repeating: "x", count: 1000))\""] as FieldSection }
        let (_, list) = try #require(Validators.conditionalFields(for: stored).first)
        #expect(list.count { $0 == UInt8(ascii: ",") } == 4)
    }

    @Test(
        "RFC 9111 §4.3.4: of several, a 304 speaks of all with its strong tag, or else of one",
        arguments: [
            ([["ETag": "\"a\""], ["ETag": "\"b\""], ["ETag": "\"a\""]], ["ETag": "\"a\""], [0, 2]),
            ([["ETag": "\"a\""], ["ETag": "\"b\""]], ["ETag": "\"b\""], [1]),
            ([["ETag": "\"a\""], ["ETag": "W/\"b\""], ["ETag": "W/\"b\""]], ["ETag": "W/\"b\""], [1]),
            ([["ETag": "W/\"a\""], ["ETag": "\"a\""]], ["ETag": "\"a\""], [1]),
            ([["ETag": "W/\"a\""], ["ETag": "\"a\""]], ["ETag": "W/\"a\""], [0]),
            ([["ETag": "\"a\""], ["ETag": "\"b\""]], ["ETag": "\"c\""], []),
            // Which one it means it does not say.
            ([["ETag": "\"a\""], ["ETag": "\"b\""]], [:], []),
            ([["Last-Modified": date], ["ETag": "\"b\""]], ["Last-Modified": date], []),
            ([["ETag": "\"a\""], ["ETag": "\"a\""], ["Last-Modified": date]], [:], [0]),
            ([["Last-Modified": date], ["Last-Modified": date]], ["Last-Modified": date], [0]),
            ([], ["ETag": "\"a\""], []),
        ] as [([FieldSection], FieldSection, [Int])]
    )
    func selectsOfSeveral(stored: [FieldSection], notModified: FieldSection, expected: [Int]) {
        #expect(Validators.selected(of: stored, by: notModified) == expected)
    }

    @Test(
        "RFC 9111 §4.3.5: which 200 to HEAD speaks of what is stored",
        arguments: [
            ([:], [:], true), (["ETag": "\"a\""], [:], true), (["ETag": "\"a\""], ["ETag": "\"a\""], true),
            (["ETag": "\"a\""], ["ETag": "W/\"a\""], true), (["ETag": "\"a\""], ["ETag": "\"b\""], false),
            ([:], ["ETag": "\"a\""], false), (["ETag": "\"a\""], ["ETag": "junk"], false),
            (["ETag": "junk"], ["ETag": "junk"], false), ([:], ["Content-Length": "5"], true),
            ([:], ["Content-Length": "6"], false),
            (["ETag": "\"a\""], ["ETag": "\"a\"", "Content-Length": "6"], false),
            (
                ["Last-Modified": "Sun, 06 Nov 1994 08:49:37 GMT"], ["Last-Modified": "Sunday, 06-Nov-94 08:49:37 GMT"],
                true
            ),
            (
                ["Last-Modified": "Sun, 06 Nov 1994 08:49:37 GMT"], ["Last-Modified": "Sun, 06 Nov 1994 08:49:38 GMT"],
                false
            ),
            ([:], ["Last-Modified": "Sun, 06 Nov 1994 08:49:37 GMT"], false),
        ] as [(FieldSection, FieldSection, Bool)]
    )
    func selectsByHead(stored: FieldSection, fields: FieldSection, expected: Bool) {
        let head = ResponseHead(status: 200, fields: fields)
        #expect(Validators.selects(stored, length: 5, head: head) == expected)
    }
}
