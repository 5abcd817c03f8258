import WeirLedger

/// Writes the Prometheus text format 0.0.4, one family after the other.
struct MetricsText {
    enum Kind: String { case counter, gauge, histogram }

    private(set) var text = ""
    private var name = ""

    /// Begins a family; the samples that follow are its own.
    mutating func family(_ name: String, _ kind: Kind, _ help: String) {
        self.name = name
        text += "# HELP \(name) \(help)\n# TYPE \(name) \(kind.rawValue)\n"
    }

    /// - Parameter suffix: `_bucket`, `_sum` or `_count` of a histogram.
    mutating func sample(suffix: String = "", _ labels: KeyValuePairs<String, String>, _ value: some Numeric) {
        write(labels, suffix: suffix, "\(value)")
    }

    private mutating func write(_ labels: KeyValuePairs<String, String>, suffix: String, _ value: String) {
        text += name
        text += suffix
        if !labels.isEmpty {
            text += "{"
            text += labels.map { "\($0.key)=\"\(Self.escaped($0.value))\"" }.joined(separator: ",")
            text += "}"
        }
        text += " \(value)\n"
    }

    /// An amount of dollars, with all its digits.
    mutating func sample(_ labels: KeyValuePairs<String, String>, _ value: Money) {
        write(labels, suffix: "", value.dollars)
    }

    /// The one sample of a family without labels.
    mutating func sample(_ value: some Numeric) { sample([:], value) }

    private static func escaped(_ value: String) -> String {
        var escaped = ""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\\": escaped += "\\\\"
            case "\"": escaped += "\\\""
            case "\n": escaped += "\\n"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}
