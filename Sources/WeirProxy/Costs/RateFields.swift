import WeirHTTP
import WeirLedger

/// `x-ratelimit-*`, in the forms that OpenAI's have: where the tighter of a user's and a credential's limits stand.
enum RateFields {
    static let names = ["limit", "remaining", "reset"].flatMap { kind in
        ["requests", "tokens"].map { "x-ratelimit-\(kind)-\($0)" }
    }

    static func append(_ levels: RateLevels, to fields: inout FieldSection) {
        append(levels.requests, of: "requests", to: &fields)
        append(levels.tokens, of: "tokens", to: &fields)
    }

    private static func append(_ level: RateLevel?, of measure: String, to fields: inout FieldSection) {
        guard let level else { return }
        fields.append(named: "x-ratelimit-limit-\(measure)", String(level.limit))
        fields.append(named: "x-ratelimit-remaining-\(measure)", String(level.remaining))
        fields.append(named: "x-ratelimit-reset-\(measure)", text(level.reset))
    }

    /// As OpenAI writes times: `12ms`, `1.5s`, `6m0s`, `1h0m0s`. To milliseconds, rounded up.
    static func text(_ time: Duration) -> String {
        let milliseconds = time.milliseconds
        guard milliseconds >= 1_000 else { return "\(milliseconds)ms" }
        let (seconds, rest) = (milliseconds / 1_000, milliseconds % 1_000)
        var text = seconds >= 3_600 ? "\(seconds / 3_600)h" : ""
        if seconds >= 60 { text += "\(seconds / 60 % 60)m" }
        text += "\(seconds % 60)"
        if rest > 0 {
            var digits = Substring(String(1_000 + rest).dropFirst())
            while digits.last == "0" { digits.removeLast() }
            text += "." + digits
        }
        return text + "s"
    }
}

extension Duration {
    /// Rounded up; 0 for less than nothing.
    var milliseconds: Int64 {
        let (seconds, attoseconds) = components
        return max(0, seconds * 1_000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
    }

    /// As ``milliseconds``.
    var wholeSeconds: Int { Int(clamping: (milliseconds + 999) / 1_000) }
}
