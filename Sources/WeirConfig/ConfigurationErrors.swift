/// Everything that is wrong with a configuration.
package struct ConfigurationErrors: Error, Sendable, Equatable {
    /// Sorted by place, at least one.
    package let problems: [Problem]

    package init(problems: [Problem]) {
        self.problems = problems.sorted()
    }
}

extension ConfigurationErrors: CustomStringConvertible {
    /// One problem a line.
    package var description: String { problems.map(\.description).joined(separator: "\n") }
}
