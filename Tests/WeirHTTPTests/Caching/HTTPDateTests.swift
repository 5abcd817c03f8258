import NIOCore
import Testing
import WeirHTTP

@Suite("HTTP dates")
struct HTTPDateTests {
    private static let known: [(String, Int64)] = [
        ("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777),
        ("Sunday, 06-Nov-94 08:49:37 GMT", 784_111_777),
        ("Sun Nov  6 08:49:37 1994", 784_111_777),
        ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
        ("Wed, 31 Dec 1969 23:59:59 GMT", -1),
        ("Tue, 29 Feb 2000 12:00:00 GMT", 951_825_600),
        ("Thu, 29 Feb 2024 23:59:59 GMT", 1_709_251_199),
        ("Tue, 19 Jan 2038 03:14:08 GMT", 2_147_483_648),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 253_402_300_799),
        ("Sat, 01 Jan 0000 00:00:00 GMT", -62_167_219_200),
        ("Mon Jan 10 00:00:00 2000", 947_462_400),
        ("Wednesday, 09-Nov-94 08:49:37 GMT", 784_370_977),
    ]

    @Test("RFC 9110 §5.6.7: all three forms are read", arguments: known)
    func reads(text: String, seconds: Int64) {
        #expect(HTTPDate.parse(text.utf8) == UnixTime(seconds: seconds))
    }

    @Test("RFC 9111 §4.2: letters are read in any case", arguments: known)
    func readsAnyCase(text: String, seconds: Int64) {
        #expect(HTTPDate.parse(text.lowercased().utf8) == UnixTime(seconds: seconds))
        #expect(HTTPDate.parse(text.uppercased().utf8) == UnixTime(seconds: seconds))
    }

    @Test("RFC 9110 §5.6.7: a leap second is the first of the next minute")
    func readsLeapSecond() {
        #expect(HTTPDate.parse("Sat, 31 Dec 2016 23:59:60 GMT".utf8) == UnixTime(seconds: 1_483_228_800))
    }

    @Test("a name of a day that is not that date's is a name of a day")
    func readsAnyWeekday() {
        #expect(HTTPDate.parse("Mon, 06 Nov 1994 08:49:37 GMT".utf8) == UnixTime(seconds: 784_111_777))
    }

    @Test(
        "RFC 9110 §5.6.7: what has not the form of a date is none",
        arguments: [
            "", "0", "-1", "now", "Sun", "784111777", "Sun, 06 Nov 1994", "1994-11-06T08:49:37Z",
            "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49:37 UTC", "Sun, 06 Nov 1994 08:49:37 EST",
            "Sun, 06 Nov 1994 08:49:37 +0000", "Sun, 06 Nov 1994 08:49:37 GMT ", " Sun, 06 Nov 1994 08:49:37 GMT",
            "Sun, 06 Nov 1994 08:49:37  GMT", "Sun,  06 Nov 1994 08:49:37 GMT", "Sun 06 Nov 1994 08:49:37 GMT",
            "Sun, 6 Nov 1994 08:49:37 GMT", "Sun,  6 Nov 1994 08:49:37 GMT", "Sun, 06-Nov-1994 08:49:37 GMT",
            "Sun, 06 Nov 94 08:49:37 GMT", "Sun, 06 Nov 1994 8:49:37 GMT", "Sun, 06 Nov 1994 08.49.37 GMT",
            "Sun, 06 Nov 1994 24:00:00 GMT", "Sun, 06 Nov 1994 08:60:37 GMT", "Sun, 06 Nov 1994 08:49:61 GMT",
            "Sun, 00 Nov 1994 08:49:37 GMT", "Sun, 31 Nov 1994 08:49:37 GMT", "Tue, 29 Feb 1900 08:49:37 GMT",
            "Wed, 29 Feb 2023 08:49:37 GMT", "Sun, 32 Dec 1994 08:49:37 GMT", "Sun, -6 Nov 1994 08:49:37 GMT",
            "Sun, 06 Nvo 1994 08:49:37 GMT", "Sum, 06 Nov 1994 08:49:37 GMT", "Sunday, 06 Nov 1994 08:49:37 GMT",
            "Sun, 06 Nov +994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 GM\u{0}",
            "Sun, 06 Nov 1994 08:49:3\u{0661} GMT",
            "Sun, 06-Nov-94 08:49:37 GMT", "Sunday 06-Nov-94 08:49:37 GMT", "Sunday, 06 Nov 94 08:49:37 GMT",
            "Sundae, 06-Nov-94 08:49:37 GMT", "Sunday, 6-Nov-94 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 UTC",
            "Sunday, 31-Feb-94 08:49:37 GMT", "Sunday, 06-Nov-1994 08:49:37 GMT", "Sunday, 06-11-94 08:49:37 GMT",
            "Sun Nov 6 08:49:37 1994", "Sun Nov 06 08:49:37 94", "Sun Nov 006 08:49:37 1994",
            "Sun, Nov 6 08:49:37 1994",
            "Sun Nov  0 08:49:37 1994", "Sun Nov 31 08:49:37 1994", "Sun Nov  6 08:49:37 1994 GMT",
            "Sun Nov  6  8:49:37 1994",
            "Sun, 06 Nov 1994 08:49:37 GMT, Sun, 06 Nov 1994 08:49:37 GMT",
        ]
    )
    func refuses(text: String) {
        #expect(HTTPDate.parse(text.utf8) == nil)
    }

    @Test(
        "RFC 9110 §5.6.7: a two-digit year is at most 50 years ahead",
        arguments: [
            ("Sunday, 06-Nov-94 08:49:37 GMT", "Sat, 01 Jan 2000 00:00:00 GMT", "1994"),
            ("Sunday, 06-Nov-94 08:49:37 GMT", "Thu, 01 Jan 2043 00:00:00 GMT", "1994"),
            ("Sunday, 06-Nov-94 08:49:37 GMT", "Fri, 01 Jan 2045 00:00:00 GMT", "2094"),
            ("Sunday, 06-Nov-94 08:49:37 GMT", "Sun, 06 Nov 2044 08:49:37 GMT", "2094"),
            ("Sunday, 06-Nov-94 08:49:37 GMT", "Sun, 06 Nov 2044 08:49:36 GMT", "1994"),
            ("Sunday, 06-Nov-30 08:49:37 GMT", "Sat, 21 Nov 2026 00:00:00 GMT", "2030"),
            ("Sunday, 06-Nov-76 08:49:37 GMT", "Sat, 21 Nov 2026 00:00:00 GMT", "2076"),
            ("Sunday, 30-Nov-76 08:49:37 GMT", "Sat, 21 Nov 2026 00:00:00 GMT", "1976"),
            ("Sunday, 06-Nov-00 08:49:37 GMT", "Fri, 31 Dec 1999 00:00:00 GMT", "2000"),
            ("Sunday, 06-Nov-00 08:49:37 GMT", "Thu, 31 Dec 2099 00:00:00 GMT", "2100"),
        ]
    )
    func readsTwoDigitYears(text: String, now: String, year: String) throws {
        let now = try #require(HTTPDate.parse(now.utf8))
        let date = try #require(HTTPDate.parse(text.utf8, now: now))
        #expect(HTTPDate.string(date).split(separator: " ")[3] == year)
    }

    @Test("what is written is IMF-fixdate and reads back as it was")
    func writes() {
        for seconds: Int64 in [0, -1, 784_111_777, 951_782_400, 4_107_542_399, -62_167_219_200, 253_402_300_799] {
            var buffer = ByteBuffer()
            HTTPDate.write(UnixTime(seconds: seconds), into: &buffer)
            #expect(buffer.readableBytes == 29)
            #expect(HTTPDate.parse(buffer.readableBytesView) == UnixTime(seconds: seconds))
            #expect(String(buffer: buffer) == HTTPDate.string(UnixTime(seconds: seconds)))
        }
        #expect(HTTPDate.string(UnixTime(seconds: 784_111_777)) == "Sun, 06 Nov 1994 08:49:37 GMT")
        #expect(HTTPDate.string(UnixTime(seconds: -1)) == "Wed, 31 Dec 1969 23:59:59 GMT")
    }

    @Test("every day of eight centuries has its own name and number")
    func countsDays() throws {
        let weekdays = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
        for day in Int64(-146_097)...146_097 {
            let text = HTTPDate.string(UnixTime(seconds: day * 86_400))
            guard text.hasPrefix(weekdays[Int((day % 7 + 7) % 7)]),
                HTTPDate.parse(text.utf8) == UnixTime(seconds: day * 86_400)
            else {
                Issue.record("day \(day) is \(text)")
                return
            }
        }
    }

    @Test("a time beyond what has four digits is written as the nearest that has")
    func clamps() {
        #expect(HTTPDate.string(UnixTime(seconds: .max)) == "Fri, 31 Dec 9999 23:59:59 GMT")
        #expect(HTTPDate.string(UnixTime(seconds: .min)) == "Sat, 01 Jan 0000 00:00:00 GMT")
    }
}
