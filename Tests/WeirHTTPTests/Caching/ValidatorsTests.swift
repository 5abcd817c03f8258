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
        let fields = Validators.conditionalFields(for: stored).map { name, value in
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
        #expect(Validators.selects(stored, notModified: notModified) == expected)
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
