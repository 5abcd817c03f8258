extension ValueType<Int> {
    /// `512B`, `64KiB`, `256MiB`, `1GiB`, `1TiB`: a whole number and its unit, as bytes. Units of 1000 are refused, so
    /// that nobody has to know which of the two a `KB` is.
    static func size(_ range: ClosedRange<Int>) -> ValueType {
        ValueType(
            name: "size",
            measure: "bytes; \(SizeUnit.format(range.lowerBound)) to \(SizeUnit.format(range.upperBound))",
            expected: "a size such as 64KiB or 256MiB",
            parse: { text throws(ValueError) in
                guard let (number, unit) = Decimals.measure(text) else { throw .mismatch }
                guard let size = SizeUnit(rawValue: unit) else {
                    guard let meant = SizeUnit.meant(by: unit) else { throw .mismatch }
                    throw .suggestion("\(number)\(meant.rawValue)")
                }
                let (bytes, overflow) = number.multipliedReportingOverflow(by: size.bytes)
                if overflow || bytes > range.upperBound {
                    throw .range("a size of at most \(SizeUnit.format(range.upperBound))")
                }
                if bytes < range.lowerBound {
                    throw .range("a size of at least \(SizeUnit.format(range.lowerBound))")
                }
                return bytes
            },
            format: SizeUnit.format
        )
    }
}

/// Units of a size in `proxy.conf`.
enum SizeUnit: String, CaseIterable, Sendable {
    case bytes = "B"
    case kibibytes = "KiB"
    case mebibytes = "MiB"
    case gibibytes = "GiB"
    case tebibytes = "TiB"

    var bytes: Int {
        switch self {
        case .bytes: 1
        case .kibibytes: 1 << 10
        case .mebibytes: 1 << 20
        case .gibibytes: 1 << 30
        case .tebibytes: 1 << 40
        }
    }

    /// What was probably meant by a unit that there is not.
    static func meant(by unit: String) -> SizeUnit? {
        switch unit.lowercased() {
        case "", "b", "byte", "bytes": .bytes
        case "k", "kb", "kib": .kibibytes
        case "m", "mb", "mib": .mebibytes
        case "g", "gb", "gib": .gibibytes
        case "t", "tb", "tib": .tebibytes
        default: nil
        }
    }

    /// In the largest unit that tells it exactly.
    static func format(_ bytes: Int) -> String {
        let unit = allCases.reversed().first { bytes % $0.bytes == 0 && bytes >= $0.bytes } ?? .bytes
        return "\(bytes / unit.bytes)\(unit.rawValue)"
    }
}
