import NIOCore
import Testing
import WeirHTTP

@Suite struct RangeSelectionTests {
    private static let date = "Sun, 06 Nov 1994 08:49:37 GMT"
    private static let modified = UnixTime(seconds: 784_111_777)

    private static func decide(
        _ request: FieldSection,
        method: RequestMethod = .get,
        status: UInt16 = 200,
        etag: String? = "\"abc\"",
        sentAfter seconds: Int64? = 1
    ) -> RangeSelection {
        let subject = RangeSelection.Subject(
            status: status,
            length: 10,
            etag: etag.map { ByteBuffer(string: $0).readableBytesView },
            lastModified: modified,
            date: seconds.map { UnixTime(seconds: modified.seconds + $0) }
        )
        return RangeSelection.decide(method: method, request: request, subject: subject, limit: 8)
    }

    @Test("a GET for a 200 gets the parts, or hears that there are none")
    func plain() {
        #expect(Self.decide(["Range": "bytes=2-3"]) == .parts([2..<4]))
        #expect(Self.decide(["Range": "bytes=10-"]) == .unsatisfiable)
        #expect(Self.decide([:]) == .whole)
        #expect(Self.decide(["Range": "lines=2-3"]) == .whole)
        #expect(Self.decide(["Range": "bytes=2-3"], method: .head) == .whole)
        #expect(Self.decide(["Range": "bytes=2-3"], method: .post) == .whole)
        #expect(Self.decide(["Range": "bytes=2-3"], status: 404) == .whole)
        #expect(Self.decide(["Range": "bytes=2-3"], status: 203) == .whole)
        // Which one would be meant is anybody's guess.
        #expect(Self.decide(["Range": "bytes=2-3", "range": "bytes=4-5"]) == .whole)
    }

    @Test(
        "RFC 9110 §13.1.5: If-Range compares strongly",
        arguments: [
            ("\"abc\"", "\"abc\"", true), ("\"abd\"", "\"abc\"", false), ("W/\"abc\"", "\"abc\"", false),
            ("\"abc\"", "W/\"abc\"", false), ("W/\"abc\"", "W/\"abc\"", false), ("\"abc\"", nil, false),
            ("\"abc-gzip\"", "\"abc\"", false), ("\"abc\", \"abd\"", "\"abc\"", false), ("*", "\"abc\"", false),
            ("abc", "\"abc\"", false), ("", "\"abc\"", false),
        ] as [(String, String?, Bool)]
    )
    func tags(value: String, etag: String?, holds: Bool) {
        let selection = Self.decide(["Range": "bytes=2-3", "If-Range": value], etag: etag)
        #expect(selection == (holds ? .parts([2..<4]) : .whole))
    }

    @Test("RFC 9110 §8.8.2.2: a date counts if it is the very one, and the response came a second later at least")
    func dates() {
        let request: FieldSection = ["Range": "bytes=2-3", "If-Range": Self.date]
        #expect(Self.decide(request) == .parts([2..<4]))
        #expect(Self.decide(request, sentAfter: 0) == .whole)
        #expect(Self.decide(request, sentAfter: nil) == .whole)
        for other in ["Sun, 06 Nov 1994 08:49:38 GMT", "Sun, 06 Nov 1994 08:49:36 GMT", "yesterday"] {
            #expect(Self.decide(["Range": "bytes=2-3", "If-Range": other]) == .whole)
        }
        #expect(Self.decide(["Range": "bytes=2-3", "If-Range": Self.date, "if-range": Self.date]) == .whole)
        // Without a Range it has nothing to say, and one that fails makes no 416.
        #expect(Self.decide(["If-Range": Self.date]) == .whole)
        #expect(Self.decide(["Range": "bytes=10-", "If-Range": "\"abd\""]) == .whole)
    }

}
