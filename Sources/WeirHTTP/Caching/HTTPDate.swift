package import NIOCore

/// Dates on the wire (RFC 9110 §5.6.7).
///
///     Sun, 06 Nov 1994 08:49:37 GMT     IMF-fixdate, the one that Weir writes
///     Sunday, 06-Nov-94 08:49:37 GMT    of RFC 850, obsolete
///     Sun Nov  6 08:49:37 1994          of asctime(), obsolete
///
/// Reading is strict about the form, not about the case of letters, as RFC 9111 §4.2 asks of caches. The name of the
/// day has to be one, but not that of the date.
package enum HTTPDate {
    /// 2026-01-01, for reading a two-digit year where the caller has no clock at hand.
    package static let reference = UnixTime(seconds: 1_767_225_600)

    /// - Parameters:
    ///   - bytes: without white space around.
    ///   - now: a two-digit year that would lie more than 50 years after it is of the century before.
    /// - Returns: nil for anything that is not a date.
    package static func parse(_ bytes: some Collection<UInt8>, now: UnixTime = reference) -> UnixTime? {
        bytes.withBytes { parse($0, now: now) }
    }

    /// The time as IMF-fixdate, 29 bytes. Years before 0 and after 9999 are written as the nearest that fits.
    package static func write(_ time: UnixTime, into buffer: inout ByteBuffer) {
        let text = format(time)
        // All 29 bytes are initialised, and a UInt8 has no padding.
        unsafe buffer.writeBytes(text.span.bytes)
    }

    package static func string(_ time: UnixTime) -> String {
        let text = format(time)
        return String(decoding: text.span.array, as: UTF8.self)
    }

    // MARK: Writing

    private static let secondsPerDay: Int64 = 86_400
    /// 0000-01-01 00:00:00 and 9999-12-31 23:59:59.
    private static let writable: ClosedRange<Int64> = -62_167_219_200...253_402_300_799

    private static func format(_ time: UnixTime) -> InlineArray<29, UInt8> {
        let seconds = min(max(time.seconds, writable.lowerBound), writable.upperBound)
        let days = Int((seconds - (seconds < 0 ? secondsPerDay - 1 : 0)) / secondsPerDay)
        let second = Int(seconds) - days * Int(secondsPerDay)
        let date = CivilDate(daysSinceEpoch: days)
        var text = InlineArray<29, UInt8>(repeating: ASCII.space)

        // 1970-01-01 was a Thursday, the fourth in `days`.
        put(weekdays[((days % 7) + 7 + 4) % 7], &text, 0)
        text[3] = ASCII.comma
        putNumber(date.day, &text, 5)
        put(months[date.month - 1], &text, 8)
        putNumber(date.year / 100, &text, 12)
        putNumber(date.year % 100, &text, 14)
        putNumber(second / 3600, &text, 17)
        text[19] = ASCII.colon
        putNumber(second / 60 % 60, &text, 20)
        text[22] = ASCII.colon
        putNumber(second % 60, &text, 23)
        put(0x47_4D54, &text, 26)
        return text
    }

    private static func put(_ letters: UInt32, _ text: inout InlineArray<29, UInt8>, _ index: Int) {
        text[index] = UInt8(truncatingIfNeeded: letters >> 16)
        text[index + 1] = UInt8(truncatingIfNeeded: letters >> 8)
        text[index + 2] = UInt8(truncatingIfNeeded: letters)
    }

    private static func putNumber(_ number: Int, _ text: inout InlineArray<29, UInt8>, _ index: Int) {
        text[index] = 0x30 + UInt8(number / 10)
        text[index + 1] = 0x30 + UInt8(number % 10)
    }

    // MARK: Names

    /// Three letters as one number, the first the highest.
    private static func pack(_ name: StaticString) -> UInt32 {
        name.description.utf8.prefix(3).reduce(0) { $0 << 8 | UInt32($1) }
    }

    private static let longWeekdays: [StaticString] = [
        "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday",
    ]
    private static let weekdays: [UInt32] = longWeekdays.map(pack)
    private static let months: [UInt32] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"].map(pack)

    static func isWeekday(_ name: Span<UInt8>) -> Bool { index(of: name, among: weekdays) != nil }

    static func isLongWeekday(_ name: Span<UInt8>) -> Bool {
        for weekday in longWeekdays where name.equalsIgnoringCase(weekday) { return true }
        return false
    }

    /// From 1.
    static func month(_ name: Span<UInt8>) -> Int? { index(of: name, among: months).map { $0 + 1 } }

    private static func index(of name: Span<UInt8>, among names: [UInt32]) -> Int? {
        guard name.count == 3 else { return nil }
        var letters: UInt32 = 0
        for index in 0..<3 {
            guard ASCII.lowercased(name[index]) &- 0x61 < 26 else { return nil }
            letters = letters << 8 | UInt32(ASCII.lowercased(name[index]))
        }
        return names.firstIndex { $0 | 0x20_2020 == letters }
    }
}
