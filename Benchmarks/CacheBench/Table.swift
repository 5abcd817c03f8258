/// A table in Markdown, printed row by row.
struct Table {
    init(_ title: String, _ columns: [String]) {
        print("\n\(title)\n")
        row(columns)
        row(columns.map { _ in "---" })
    }

    func row(_ cells: [String]) { print("| " + cells.joined(separator: " | ") + " |") }
}

/// A share in per cent, with two digits.
func percent(_ share: Double) -> String { decimal(share * 100, digits: 2) }

func decimal(_ value: Double, digits: Int) -> String {
    let scale = (0..<digits).reduce(1) { scale, _ in scale * 10 }
    let scaled = Int((value * Double(scale)).rounded())
    guard digits > 0 else { return grouped(scaled) }
    let fraction = String(scaled.magnitude % scale.magnitude)
    return (scaled < 0 ? "-" : "") + grouped(Int(scaled.magnitude) / scale) + "."
        + String(repeating: "0", count: digits - fraction.count) + fraction
}

/// With a comma before each three digits.
func grouped(_ value: Int) -> String {
    guard value >= 1000 else { return String(value) }
    let last = String(value % 1000)
    return grouped(value / 1000) + "," + String(repeating: "0", count: 3 - last.count) + last
}

/// Nanoseconds as microseconds.
func micros(_ nanoseconds: Int64) -> String { decimal(Double(nanoseconds) / 1000, digits: 1) }

/// Nanoseconds as milliseconds.
func millis(_ nanoseconds: Int64) -> String { decimal(Double(nanoseconds) / 1_000_000, digits: 2) }
