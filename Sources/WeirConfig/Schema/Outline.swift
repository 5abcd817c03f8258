/// One key as the reference describes it and as the environment can override it.
struct Outline: Sendable {
    /// What stands below a key.
    indirect enum Shape: Sendable {
        /// One value.
        case scalar
        /// A list of values, or a single one.
        case list
        /// A mapping of these keys; `later` are those of a version to come.
        case section([Outline], later: [String])
        /// A mapping of these keys, or a value in its place, which is that of the key so named.
        case shorthand(for: String, [Outline])
        /// A mapping of one of several names to the same keys, described elsewhere.
        case choices([String], [Outline])
        /// A mapping of names of the user's choosing to mappings of these keys.
        case named([Outline], later: [String])
        /// A mapping of names of the user's choosing to values.
        case values
        /// A list of values, or of mappings of these keys, or a single one.
        case listOrElements([Outline], later: [String])
        /// A list of mappings of these keys.
        case elements([Outline], later: [String])
    }

    var name: String
    /// `duration`, `size`, `mapping` …
    var type: String
    /// Unit and range; empty for what has none.
    var measure = ""
    /// What a value has when it is not given; empty for a mapping.
    var fallback: String
    var summary: String
    var shape: Shape = .scalar
}
