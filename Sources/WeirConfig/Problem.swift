/// One mistake, with its place.
package struct Problem: Sendable, Hashable {
    /// The file as the user named it, or the variable of the environment that holds the mistake.
    package let file: String
    /// From 1; 0 for a variable.
    package let line: Int
    /// From 1, counted in Unicode scalars; 0 for a variable.
    package let column: Int
    package let message: String

    package init(file: String, line: Int, column: Int, message: String) {
        self.file = file
        self.line = line
        self.column = column
        self.message = message
    }
}

extension Problem: CustomStringConvertible {
    /// `proxy.conf:14:9: unknown key 'breakr'; did you mean 'breaker'?`, or `WEIR_DRAIN: expected a duration …`.
    package var description: String {
        line == 0 ? "\(file): \(message)" : "\(file):\(line):\(column): \(message)"
    }
}

extension Problem: Comparable {
    /// The file's problems by place, then those of variables by name.
    package static func < (left: Problem, right: Problem) -> Bool {
        guard (left.line == 0) == (right.line == 0) else { return right.line == 0 }
        return (left.line, left.column, left.file, left.message)
            < (right.line, right.column, right.file, right.message)
    }
}
