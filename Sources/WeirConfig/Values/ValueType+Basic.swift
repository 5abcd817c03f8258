extension ValueType<Bool> {
    static let boolean = ValueType(
        name: "boolean",
        expected: "true or false",
        parse: { text throws(ValueError) in
            switch text {
            case "true": true
            case "false": false
            case "True", "TRUE", "yes", "on": throw .suggestion("true")
            case "False", "FALSE", "no", "off": throw .suggestion("false")
            default: throw .mismatch
            }
        },
        format: { $0 ? "true" : "false" }
    )
}

extension ValueType<Int> {
    static func count(_ range: ClosedRange<Int>) -> ValueType {
        ValueType(
            name: "count",
            measure: "\(range.lowerBound) to \(range.upperBound)",
            expected: "a whole number from \(range.lowerBound) to \(range.upperBound)",
            parse: { text throws(ValueError) in
                guard let number = Decimals.whole(text), range.contains(number) else { throw .mismatch }
                return number
            },
            format: { String($0) }
        )
    }
}

extension ValueType<Double> {
    /// `50%`: above 0 and at most 100; as a share, 0...1.
    static let percentage = ValueType(
        name: "percentage",
        measure: "%; above 0 to 100",
        expected: "a percentage such as 50%",
        parse: { text throws(ValueError) in
            guard text.hasSuffix("%") else {
                guard let share = Decimals.fraction(text), share <= 1 else { throw .mismatch }
                throw .suggestion(Self.render(share))
            }
            guard let number = Decimals.fraction(text.dropLast()) else { throw .mismatch }
            guard number > 0, number <= 100 else { throw .range("a percentage above 0% and up to 100%") }
            return number / 100
        },
        format: { Self.render($0) }
    )

    private static func render(_ share: Double) -> String {
        let percent = share * 100
        return percent == percent.rounded() ? "\(Int(percent))%" : "\(percent)%"
    }
}

extension ValueType where Value: RawRepresentable & CaseIterable, Value.RawValue == String {
    static func choice(of type: Value.Type = Value.self) -> ValueType {
        let names = type.allCases.map(\.rawValue)
        return ValueType(
            name: names.joined(separator: ", "),
            expected: names.dropLast().joined(separator: ", ") + " or " + (names.last ?? ""),
            parse: { text throws(ValueError) in
                if let value = Value(rawValue: text) { return value }
                guard let near = Spelling.nearest(to: text, among: Value.allCases.map(\.rawValue)) else {
                    throw .mismatch
                }
                throw .suggestion(near)
            },
            format: { $0.rawValue }
        )
    }
}

extension ValueType<String> {
    static func text(
        name: String,
        expected: String,
        isSecret: Bool = false,
        isValid: @escaping @Sendable (String) -> Bool
    ) -> ValueType {
        ValueType(
            name: name,
            expected: expected,
            isSecret: isSecret,
            parse: { text throws(ValueError) in
                guard isValid(text) else { throw .mismatch }
                return text
            },
            format: { $0 }
        )
    }
}
