import Yams

extension Composition.Failure {
    /// What libyaml says, with what usually lies behind it.
    init(_ error: any Error, in text: String) {
        switch error {
        case YamlError.scanner(let context, let problem, let mark, _),
            YamlError.parser(let context, let problem, let mark, _),
            YamlError.composer(let context, let problem, let mark, _):
            self.init(problem: problem, context: context, mark: mark, text: text)
        case YamlError.reader(let problem, let offset, _, _):
            self.init(message: "not valid YAML: \(problem)", place: Self.place(offset: offset ?? 0, in: text))
        default:
            self.init(message: "not valid YAML: \(error)", place: .start)
        }
    }

    private init(problem: String, context: YamlError.Context?, mark: Mark, text: String) {
        let place = Place.file(line: mark.line, column: mark.column)
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        let line = lines.indices.contains(mark.line - 1) ? lines[mark.line - 1] : ""
        if problem == "found undefined alias" {
            self.init(message: "anchors and aliases are not supported", place: place)
            return
        }
        if problem == "but found another document" {
            self.init(message: "expected the end of the file, found another document", place: place)
            return
        }
        if line.unicodeScalars.dropFirst(mark.column - 1).first == "\t" || line.hasPrefix("\t") {
            self.init(message: "a tab cannot indent YAML: use spaces", place: place)
            return
        }
        let during = context.map { " \($0.text.trimmed) that begins at line \($0.mark.line)" } ?? ""
        self.init(message: "not valid YAML: \(problem)\(during)\(Self.hint(problem, line: line))", place: place)
    }

    private static func hint(_ problem: String, line: Substring) -> String {
        if line.contains("${"), line.contains("{") || line.contains("[") {
            return "; a value with ${…} inside { } or [ ] needs quotes"
        }
        if problem.hasPrefix("mapping values are not allowed") {
            return "; check the indentation, and quote a value that holds ': '"
        }
        if problem.contains("block") || problem.contains("expected key") || problem.contains("expected '-' indicator") {
            return "; check the indentation of this line and of those above it"
        }
        return ""
    }

    /// - Parameter offset: in characters.
    private static func place(offset: Int, in text: String) -> Place {
        let before = text.prefix(offset)
        let line = before.count(where: \.isNewline) + 1
        let start = before.lastIndex(where: \.isNewline).map { before.index(after: $0) } ?? before.startIndex
        return .file(line: line, column: before[start...].unicodeScalars.count + 1)
    }
}

extension String {
    fileprivate var trimmed: String {
        String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
}
