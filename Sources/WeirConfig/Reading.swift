/// One reading of a configuration: the mistakes found so far.
struct Reading {
    /// As the user named it; also tells what relative paths in it are relative to.
    let file: String
    private(set) var problems: Set<Problem> = []
    /// What is worth knowing and keeps nothing from running.
    private(set) var warnings: Set<Problem> = []
    /// Values whose problem has been reported already, so that their lack is not.
    var spoiled: Set<Place> = []

    init(file: String) {
        self.file = file
    }

    func isSpoiled(_ node: Node) -> Bool { spoiled.contains(node.place) }

    mutating func report(_ message: String, at place: Place) { problems.insert(problem(message, at: place)) }

    mutating func warn(_ message: String, at place: Place) { warnings.insert(problem(message, at: place)) }

    private func problem(_ message: String, at place: Place) -> Problem {
        switch place {
        case .file(let line, let column): Problem(file: file, line: line, column: column, message: message)
        case .variable(let name): Problem(file: name, line: 0, column: 0, message: message)
        }
    }
}
