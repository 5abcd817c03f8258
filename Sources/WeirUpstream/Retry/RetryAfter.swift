import NIOCore
import WeirHTTP

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// For how long a response asks to be left alone: `retry-after-ms`, which OpenAI sends, or `Retry-After`, in seconds or
/// as a date (RFC 9110 §10.2.3).
enum RetryAfter {
    /// Longer times count as this.
    private static let longest = TimeAmount.hours(24)

    /// - Returns: nil where the response does not say, or not in a way that can be understood.
    static func read(_ fields: FieldSection) -> TimeAmount? {
        if let value = fields.first(named: "retry-after-ms"), let wait = decimal(value, unit: .milliseconds(1)) {
            return wait
        }
        guard let value = fields.first(.retryAfter) else { return nil }
        if let wait = decimal(value, unit: .seconds(1)) { return wait }
        guard let date = HTTPDate.parse(value) else { return nil }
        // By the upstream's own clock where it shows it.
        let now = fields.first(.date).flatMap { HTTPDate.parse($0) } ?? UnixTime(seconds: Int64(time(nil)))
        return .seconds(min(max(date.seconds - now.seconds, 0), longest.nanoseconds / 1_000_000_000))
    }

    /// Seconds are whole numbers by the RFC; OpenAI's clients take fractions.
    private static func decimal(_ text: ByteBufferView, unit: TimeAmount) -> TimeAmount? {
        guard (1...32).contains(text.count), text.allSatisfy({ ASCII.isDigit($0) || $0 == UInt8(ascii: ".") }),
            let number = Double(String(decoding: text, as: UTF8.self))
        else { return nil }
        let nanoseconds = number * Double(unit.nanoseconds)
        return nanoseconds < Double(longest.nanoseconds) ? .nanoseconds(Int64(nanoseconds)) : longest
    }
}
