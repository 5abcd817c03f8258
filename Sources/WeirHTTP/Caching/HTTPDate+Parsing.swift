extension HTTPDate {
    static func parse(_ text: Span<UInt8>, now: UnixTime) -> UnixTime? {
        switch text.count {
        case 29: fixdate(text)
        case 24: asctime(text)
        case 30...33: rfc850(text, now: now)
        case _: nil
        }
    }

    /// `Sun, 06 Nov 1994 08:49:37 GMT`
    private static func fixdate(_ text: Span<UInt8>) -> UnixTime? {
        guard isWeekday(text.extracting(0..<3)), text[3] == ASCII.comma, text[4] == ASCII.space,
            let day = twoDigits(text, 5), text[7] == ASCII.space,
            let month = month(text.extracting(8..<11)), text[11] == ASCII.space,
            let century = twoDigits(text, 12), let year = twoDigits(text, 14), text[16] == ASCII.space,
            let second = secondOfDay(text, 17), text.extracting(25..<29).equalsIgnoringCase(" GMT")
        else { return nil }
        return time(year: century * 100 + year, month: month, day: day, second: second)
    }

    /// `Sun Nov  6 08:49:37 1994`
    private static func asctime(_ text: Span<UInt8>) -> UnixTime? {
        guard isWeekday(text.extracting(0..<3)), text[3] == ASCII.space,
            let month = month(text.extracting(4..<7)), text[7] == ASCII.space,
            let day = text[8] == ASCII.space ? digit(text, 9) : twoDigits(text, 8), text[10] == ASCII.space,
            let second = secondOfDay(text, 11), text[19] == ASCII.space,
            let century = twoDigits(text, 20), let year = twoDigits(text, 22)
        else { return nil }
        return time(year: century * 100 + year, month: month, day: day, second: second)
    }

    /// `Sunday, 06-Nov-94 08:49:37 GMT`
    private static func rfc850(_ text: Span<UInt8>, now: UnixTime) -> UnixTime? {
        let comma = text.count - 24
        guard isLongWeekday(text.extracting(0..<comma)), text[comma] == ASCII.comma, text[comma + 1] == ASCII.space,
            let day = twoDigits(text, comma + 2), text[comma + 4] == hyphen,
            let month = month(text.extracting(comma + 5..<comma + 8)), text[comma + 8] == hyphen,
            let year = twoDigits(text, comma + 9), text[comma + 11] == ASCII.space,
            let second = secondOfDay(text, comma + 12),
            text.extracting(comma + 20..<comma + 24).equalsIgnoringCase(" GMT")
        else { return nil }
        return newest(year, month: month, day: day, second: second, now: now)
    }

    /// The latest time with this two-digit year that lies at most 50 years after `now`.
    private static func newest(_ year: Int, month: Int, day: Int, second: Int, now: UnixTime) -> UnixTime? {
        let today = CivilDate(daysSinceEpoch: Int(now.seconds / 86_400))
        var candidate = today.year - today.year % 100 + 100 + year
        // Compared as dates and not as so many seconds: years differ in length.
        let limit = (today.year + 50, today.month, today.day, Int(now.seconds % 86_400))
        while (candidate, month, day, second) > limit { candidate -= 100 }
        return time(year: candidate, month: month, day: day, second: second)
    }

    private static func time(year: Int, month: Int, day: Int, second: Int) -> UnixTime? {
        CivilDate(year: year, month: month, day: day).map {
            UnixTime(seconds: Int64($0.daysSinceEpoch) * 86_400 + Int64(second))
        }
    }

    /// `08:49:37`. A leap second, 60, is the first of the next minute.
    private static func secondOfDay(_ text: Span<UInt8>, _ index: Int) -> Int? {
        guard let hour = twoDigits(text, index), text[index + 2] == ASCII.colon,
            let minute = twoDigits(text, index + 3), text[index + 5] == ASCII.colon,
            let second = twoDigits(text, index + 6), hour < 24, minute < 60, second <= 60
        else { return nil }
        return hour * 3600 + minute * 60 + second
    }

    private static func twoDigits(_ text: Span<UInt8>, _ index: Int) -> Int? {
        guard let tens = digit(text, index), let ones = digit(text, index + 1) else { return nil }
        return tens * 10 + ones
    }

    private static func digit(_ text: Span<UInt8>, _ index: Int) -> Int? {
        ASCII.isDigit(text[index]) ? Int(text[index] - 0x30) : nil
    }

    private static let hyphen: UInt8 = 0x2D
}
