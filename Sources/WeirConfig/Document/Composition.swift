import Yams

/// A text as Yams composes it, with the keys that are given twice told apart.
///
/// Yams refuses a mapping with a repeated key as a whole and tells only where the key stands first. So that such a
/// mistake has its own place and does not hide others, the first of the two keys is renamed in the text (its first
/// character becomes one of Unicode's private ones, so that nothing moves) and the text composed again.
struct Composition {
    struct Failure {
        var message: String
        var place: Place
    }

    /// nil where the text is empty or not YAML.
    private(set) var root: Yams.Node?
    /// Keys that were renamed, by their places.
    private(set) var renamed: [Place: String] = [:]
    private(set) var failure: Failure?
    /// Holds the anchors, to which nodes point only weakly.
    private var parser: Parser?

    /// Renames after which duplicates are no longer looked for.
    private static let maximumRenames = 64

    static func compose(_ text: String) -> Composition {
        var composition = Composition()
        var scalars = Array(text.unicodeScalars)
        while true {
            do {
                let current = String(String.UnicodeScalarView(scalars))
                let parser = try Parser(yaml: current, resolver: .basic, encoding: .utf8)
                composition.parser = parser
                composition.root = try parser.singleRoot()
                return composition
            } catch YamlError.duplicatedKeysInMapping(let names, let context) {
                let name = names.first ?? ""
                let place = Place.file(line: context.mark.line, column: context.mark.column)
                guard composition.rename(name, at: context.mark, in: &scalars) else {
                    composition.failure = Failure(message: "duplicate key \(Node.quote(name))", place: place)
                    return composition
                }
            } catch {
                composition.failure = Failure(error, in: text)
                return composition
            }
        }
    }

    /// - Returns: false where the key cannot be told by its first character.
    private mutating func rename(_ name: String, at mark: Mark, in scalars: inout [Unicode.Scalar]) -> Bool {
        guard renamed.count < Self.maximumRenames, !name.isEmpty,
            var index = Self.index(of: mark, in: scalars),
            let replacement = Unicode.Scalar(0xE000 + UInt32(renamed.count))
        else { return false }
        if scalars[index] == "\"" || scalars[index] == "'" { index += 1 }
        guard index < scalars.count, !Self.indicators.contains(scalars[index]) else { return false }
        scalars[index] = replacement
        renamed[.file(line: mark.line, column: mark.column)] = name
        return true
    }

    /// What a key that is more than its own text begins with.
    private static let indicators: Set<Unicode.Scalar> = ["&", "*", "!", "|", ">", "[", "{", "?", "\\", "\"", "'"]

    private static func index(of mark: Mark, in scalars: [Unicode.Scalar]) -> Int? {
        var line = 1
        var index = 0
        while line < mark.line {
            guard index < scalars.count else { return nil }
            let isBreak = scalars[index] == "\n" || scalars[index] == "\r"
            if scalars[index] == "\r", index + 1 < scalars.count, scalars[index + 1] == "\n" { index += 1 }
            if isBreak { line += 1 }
            index += 1
        }
        let found = index + mark.column - 1
        return scalars.indices.contains(found) ? found : nil
    }
}
