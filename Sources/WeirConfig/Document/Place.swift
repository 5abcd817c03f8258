/// Where a part of the configuration stands.
enum Place: Hashable, Sendable {
    /// Both from 1, the column in Unicode scalars.
    case file(line: Int, column: Int)
    /// The environment variable that overrides the file.
    case variable(String)

    static let start = Place.file(line: 1, column: 1)

    /// As another problem's message names it: `line 12`, `WEIR_LISTEN`.
    var reference: String {
        switch self {
        case .file(let line, _): "line \(line)"
        case .variable(let name): name
        }
    }
}
