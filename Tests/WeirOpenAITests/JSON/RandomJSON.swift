import WeirTraces

/// A value of JSON that can be written in many ways which all mean the same.
indirect enum RandomJSON {
    case object([(String, RandomJSON)])
    case array([RandomJSON])
    case string(String)
    case number(Int, tenths: Int)
    case literal(String)

    static func value(depth: Int, _ generator: inout SplitMix64) -> RandomJSON {
        switch Int.random(in: 0..<(depth > 0 ? 6 : 3), using: &generator) {
        case 0: .string(text(&generator))
        case 1: .number(.random(in: -1000...1000, using: &generator), tenths: .random(in: 0...9, using: &generator))
        case 2: .literal(["true", "false", "null"].randomElement(using: &generator) ?? "null")
        case 3: .array((0..<Int.random(in: 0..<4, using: &generator)).map { _ in value(depth: depth - 1, &generator) })
        default:
            .object(
                (0..<Int.random(in: 0..<6, using: &generator)).map { index in
                    ("\(index)" + text(&generator), value(depth: depth - 1, &generator))
                }
            )
        }
    }

    private static func text(_ generator: inout SplitMix64) -> String {
        let scalars: [Unicode.Scalar] = ["a", "Z", "\"", "\\", "/", "\n", "\u{1}", "é", "😀", " ", "\u{7F}", "ß", "0"]
        var text = ""
        for _ in 0..<Int.random(in: 0..<6, using: &generator) {
            text.unicodeScalars.append(scalars.randomElement(using: &generator) ?? "a")
        }
        return text
    }

    func written(_ generator: inout SplitMix64) -> String {
        func space() -> String { ["", "", " ", "\n\t", "\r "].randomElement(using: &generator) ?? "" }
        switch self {
        case .object(let members):
            var parts: [String] = []
            for (name, value) in members.shuffled(using: &generator) {
                let name = Self.quoted(name, &generator)
                parts.append(space() + name + space() + ":" + space() + value.written(&generator) + space())
            }
            return "{" + space() + parts.joined(separator: ",") + "}"
        case .array(let elements):
            var parts: [String] = []
            for element in elements { parts.append(space() + element.written(&generator) + space()) }
            return "[" + space() + parts.joined(separator: ",") + "]"
        case .string(let text): return Self.quoted(text, &generator)
        case .number(let whole, let tenths):
            let sign = whole < 0 ? "-" : ""
            let all = abs(whole) * 10 + tenths
            let forms = [
                "\(sign)\(abs(whole)).\(tenths)", "\(sign)\(all)e-1", "\(sign)\(abs(whole)).\(tenths)00E+0",
                "\(sign)\(all * 10).0e-002",
            ]
            return forms.randomElement(using: &generator) ?? "0"
        case .literal(let text): return text
        }
    }

    private static func quoted(_ text: String, _ generator: inout SplitMix64) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            if scalar.value < 0x20 || scalar == "\"" || scalar == "\\" || Bool.random(using: &generator) {
                for unit in UTF16.encode(scalar) ?? UTF16.encodedReplacementCharacter {
                    let digits = String(unit, radix: 16, uppercase: Bool.random(using: &generator))
                    quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
                }
            } else {
                quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}
