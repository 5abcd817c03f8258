import NIOCore

extension ValueType<TimeAmount> {
    /// `250ms`, `30s`, `5m`, `24h`, `7d`: one whole number and its unit.
    static func duration(
        atLeast least: TimeAmount = .milliseconds(1),
        atMost most: TimeAmount = .decade
    ) -> ValueType {
        let ceiling = most == .decade ? "" : " to \(DurationUnit.format(most))"
        return ValueType(
            name: "duration",
            measure: "time; from \(DurationUnit.format(least))\(ceiling)",
            expected: "a duration such as 250ms, 30s or 5m",
            parse: { text throws(ValueError) in
                guard let (number, unit) = Decimals.measure(text) else { throw .mismatch }
                guard let scale = DurationUnit(rawValue: unit)?.nanoseconds else {
                    guard let meant = DurationUnit.meant(by: unit) else { throw .mismatch }
                    throw .suggestion("\(number)\(meant.rawValue)")
                }
                let (nanoseconds, overflow) = Int64(number).multipliedReportingOverflow(by: scale)
                let amount = TimeAmount.nanoseconds(nanoseconds)
                if overflow || amount > most {
                    throw .range("a duration of at most \(DurationUnit.format(most))")
                }
                if amount < least { throw .range("a duration of at least \(DurationUnit.format(least))") }
                return amount
            },
            format: DurationUnit.format
        )
    }
}

extension TimeAmount {
    /// Longer than anything here has to take.
    fileprivate static let decade = TimeAmount.hours(24 * 3650)
}

/// Units of a duration in `proxy.conf`.
enum DurationUnit: String, CaseIterable, Sendable {
    case milliseconds = "ms"
    case seconds = "s"
    case minutes = "m"
    case hours = "h"
    case days = "d"

    var nanoseconds: Int64 {
        switch self {
        case .milliseconds: 1_000_000
        case .seconds: 1_000_000_000
        case .minutes: 60 * 1_000_000_000
        case .hours: 3600 * 1_000_000_000
        case .days: 86400 * 1_000_000_000
        }
    }

    /// What was probably meant by a unit that there is not.
    static func meant(by unit: String) -> DurationUnit? {
        switch unit.lowercased() {
        case "ms", "msec", "millis", "milliseconds": .milliseconds
        case "s", "sec", "secs", "second", "seconds": .seconds
        case "m", "min", "mins", "minute", "minutes": .minutes
        case "h", "hour", "hours": .hours
        case "d", "day", "days": .days
        default: nil
        }
    }

    /// In the largest unit that tells it exactly; 60 seconds and 24 hours stay what they are.
    static func format(_ amount: TimeAmount) -> String {
        let nanoseconds = amount.nanoseconds
        if nanoseconds == 0 { return "0s" }
        let unit =
            allCases.reversed().first { unit in
                nanoseconds % unit.nanoseconds == 0
                    && (nanoseconds > unit.nanoseconds || (unit != .days && unit != .minutes))
            } ?? .milliseconds
        return "\(nanoseconds / unit.nanoseconds)\(unit.rawValue)"
    }
}
