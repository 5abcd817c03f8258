import NIOCore
import WeirHTTP

/// Times as OpenAI writes them: `12ms`, `1s`, `6m0s`, `1h2m3.5s`; numbers with their units, one after the other.
enum RateDuration {
    /// Longer times count as this.
    private static let longest = TimeAmount.hours(7 * 24)

    /// - Returns: nil for anything else. A number without a unit is none of them: it may be seconds, or a date.
    static func parse(_ text: ByteBufferView) -> TimeAmount? {
        guard (2...64).contains(text.count) else { return nil }
        var rest = text[...]
        var sum = 0.0
        while !rest.isEmpty {
            let digits = rest.prefix { ASCII.isDigit($0) || $0 == UInt8(ascii: ".") }
            guard digits.first.map(ASCII.isDigit) == true, let number = Double(String(decoding: digits, as: UTF8.self))
            else { return nil }
            rest = rest[digits.endIndex...]
            let name = rest.prefix { !ASCII.isDigit($0) && $0 != UInt8(ascii: ".") }
            guard let unit = unit(String(decoding: name, as: UTF8.self)) else { return nil }
            rest = rest[name.endIndex...]
            sum += number * Double(unit.nanoseconds)
        }
        return sum < Double(longest.nanoseconds) ? .nanoseconds(Int64(sum)) : longest
    }

    private static func unit(_ name: String) -> TimeAmount? {
        switch name {
        case "d": .hours(24)
        case "h": .hours(1)
        case "m": .minutes(1)
        case "s": .seconds(1)
        case "ms": .milliseconds(1)
        case "us", "µs": .microseconds(1)
        case "ns": .nanoseconds(1)
        default: nil
        }
    }
}
