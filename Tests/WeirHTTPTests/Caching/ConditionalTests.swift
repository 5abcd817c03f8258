import NIOCore
import Testing
import WeirHTTP

@Suite("Conditional requests")
struct ConditionalTests {
    private static let date = "Sun, 06 Nov 1994 08:49:37 GMT"
    private static let modified = UnixTime(seconds: 784_111_777)

    private static func isNotModified(
        _ request: FieldSection,
        method: RequestMethod = .get,
        status: UInt16 = 200,
        etag: String? = "\"abc\"",
        lastModified: UnixTime? = modified
    ) -> Bool {
        let outcome = Conditional.evaluate(
            method: method,
            request: request,
            status: status,
            etag: etag.map { ByteBuffer(string: "..\($0)..").viewBytes(at: 2, length: $0.utf8.count)! },
            lastModified: lastModified
        )
        return outcome == .notModified
    }

    @Test(
        "RFC 9110 §13.1.2: If-None-Match compares weakly with each tag",
        arguments: [
            ("\"abc\"", "\"abc\"", true), ("W/\"abc\"", "\"abc\"", true), ("\"abc\"", "W/\"abc\"", true),
            ("W/\"abc\"", "W/\"abc\"", true), ("\"abd\"", "\"abc\"", false), ("\"ABC\"", "\"abc\"", false),
            ("\"x\", \"abc\"", "\"abc\"", true), ("\"x\",W/\"abc\" , \"y\"", "\"abc\"", true),
            ("\"x\", \"y\"", "\"abc\"", false),
            ("abc", "\"abc\"", false), ("w/\"abc\"", "\"abc\"", false), ("\"abc", "\"abc\"", false),
            ("", "\"abc\"", false),
            ("\"\"", "\"\"", true), ("\"\"", "\"abc\"", false), ("\"a,b\"", "\"a,b\"", true),
            ("\"a\\\", \"abc\"", "\"abc\"", true),
            ("*", "\"abc\"", true), ("*", nil, true), ("\"*\"", "\"abc\"", false), ("\"abc\"", nil, false),
            ("*, \"x\"", "\"abc\"", false), ("\"abc-gzip\"", "\"abc\"", false), ("abc", "abc", false),
        ] as [(String, String?, Bool)]
    )
    func evaluatesIfNoneMatch(value: String, etag: String?, expected: Bool) {
        #expect(Self.isNotModified(["If-None-Match": value], etag: etag, lastModified: nil) == expected)
        // RFC 9110 §13.2.2: a date beside it says nothing.
        #expect(Self.isNotModified(["If-Modified-Since": Self.date, "If-None-Match": value], etag: etag) == expected)
    }

    @Test("the tags of several lines are one list")
    func joinsLines() {
        #expect(Self.isNotModified(["If-None-Match": "\"x\"", "if-none-match": "\"abc\""]))
        #expect(!Self.isNotModified(["If-None-Match": "\"x\"", "if-none-match": "\"y\""]))
    }

    @Test(
        "RFC 9110 §13.1.3: If-Modified-Since compares dates",
        arguments: [
            ("Sun, 06 Nov 1994 08:49:37 GMT", true), ("Sun, 06 Nov 1994 08:49:38 GMT", true),
            ("Sun, 06 Nov 1994 08:49:36 GMT", false), ("Sunday, 06-Nov-94 08:49:37 GMT", true),
            ("Sun Nov  6 08:49:37 1994", true), ("Fri, 31 Dec 9999 23:59:59 GMT", true), ("", false), ("0", false),
            ("tomorrow", false), ("Sun, 06 Nov 1994 08:49:37 GMT; length=5", false), ("\"abc\"", false),
        ]
    )
    func evaluatesIfModifiedSince(value: String, expected: Bool) {
        #expect(Self.isNotModified(["If-Modified-Since": value], etag: nil) == expected)
        #expect(!Self.isNotModified(["If-Modified-Since": value], etag: nil, lastModified: nil))
        #expect(!Self.isNotModified(["If-Modified-Since": value, "if-modified-since": value], etag: nil))
    }

    @Test(
        "RFC 9110 §13.2.1: only GET and HEAD of a 200 can be not modified",
        arguments: [
            (RequestMethod.get, 200, true), (.head, 200, true), (.post, 200, false), (.put, 200, false),
            (.delete, 200, false),
            (.options, 200, false), (.get, 404, false), (.get, 301, false), (.get, 206, false), (.get, 203, false),
        ] as [(RequestMethod, UInt16, Bool)]
    )
    func judgesMethodAndStatus(method: RequestMethod, status: UInt16, expected: Bool) {
        #expect(Self.isNotModified(["If-None-Match": "\"abc\""], method: method, status: status) == expected)
        #expect(Self.isNotModified(["If-None-Match": "*"], method: method, status: status) == expected)
        #expect(Self.isNotModified(["If-Modified-Since": Self.date], method: method, status: status) == expected)
    }

    @Test("a request without conditions, or with the origin's, is served")
    func serves() {
        #expect(!Self.isNotModified([:]))
        #expect(!Self.isNotModified(["If-Match": "\"abc\"", "If-Range": "\"abc\"", "If-Unmodified-Since": Self.date]))
    }

    @Test("the fields that make a request conditional")
    func namesFields() {
        let conditional = FieldName.allCases.filter { Conditional.names.contains($0) }
        #expect(conditional == [.ifMatch, .ifModifiedSince, .ifNoneMatch, .ifRange, .ifUnmodifiedSince])
    }
}
