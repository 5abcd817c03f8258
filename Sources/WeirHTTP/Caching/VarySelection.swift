/// The selecting fields of a stored response and what they were in the request that fetched it (RFC 9111 §4.1).
package struct VarySelection: Sendable, Equatable {
    /// Lower-case names, sorted, each once; `*` never gets this far.
    package let names: [String]
    /// The normalised value for each name; nil where the field was absent.
    package let values: [[UInt8]?]

    /// Selects on nothing: every request matches.
    package static let none = VarySelection(names: [], values: [])

    package init(names: [String], values: [[UInt8]?]) {
        self.names = names
        self.values = values
    }
}
