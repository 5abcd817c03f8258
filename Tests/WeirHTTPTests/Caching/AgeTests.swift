import Testing
import WeirHTTP

@Suite("Initial age")
struct AgeTests {
    private static let date = "Sun, 06 Nov 1994 08:49:37 GMT"

    @Test(
        "RFC 9111 §4.2.3: the larger of the apparent age and Age with the delay",
        arguments: [
            ([:], 0, 0, 0),
            ([:], 0, 3, 3),
            (["Age": "5"], 0, 0, 5),
            (["Age": "5"], 0, 3, 8),
            (["Age": "5", "Date": date], 7, 1, 7),
            (["Age": "9", "Date": date], 7, 1, 10),
            (["Date": date], 60, 0, 60),
            (["Date": date], -60, 0, 0),
            (["Date": "then"], 60, 0, 0),
            (["Age": "5"], 0, -3, 5),
            (["Age": "99999999999999999999"], 0, 9, 2_147_483_648),
            (["Date": "Thu, 01 Jan 1970 00:00:00 GMT"], 9_000_000_000, 0, 2_147_483_648),
        ] as [(FieldSection, Int64, Int64, Int64)]
    )
    func adds(fields: FieldSection, secondsLater: Int64, delay: Int64, expected: Int64) {
        let receivedAt = UnixTime(seconds: 784_111_777 + secondsLater)
        #expect(Age.initial(fields, receivedAt: receivedAt, responseDelay: delay) == expected)
    }

    @Test(
        "RFC 9111 §5.1: of a list the first counts, and what is malformed does not",
        arguments: [
            ("5, 9", 5), ("5,x", 5), (" ,5", 5), ("x, 5", 0), ("", 0), ("-5", 0), ("+5", 0), ("5.0", 0), ("5s", 0),
            ("\"5\"", 0), ("0x5", 0), ("007", 7),
        ] as [(String, Int64)]
    )
    func readsAge(value: String, expected: Int64) {
        #expect(Age.initial(["Age": value], receivedAt: UnixTime(seconds: 0), responseDelay: 0) == expected)
        #expect(
            Age.initial(["Age": value, "age": "99"], receivedAt: UnixTime(seconds: 0), responseDelay: 0) == expected
        )
    }
}
