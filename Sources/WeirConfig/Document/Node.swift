/// A part of a configuration: what YAML says, with places, before anything is known of its meaning.
struct Node: Sendable {
    enum Content: Sendable {
        case scalar(Scalar)
        case mapping([Member])
        case sequence([Node])
    }

    struct Scalar: Sendable {
        var text: String
        /// `null`, `~` or nothing at all, unquoted.
        var isNull = false
        /// Whether a variable in it had an empty value.
        var hasEmptyVariable = false
    }

    struct Member: Sendable {
        var key: String
        var keyPlace: Place
        var value: Node
    }

    var content: Content
    var place: Place

    init(_ content: Content, at place: Place) {
        self.content = content
        self.place = place
    }

    /// Nothing, or an empty string: the key counts as not given.
    var isUnset: Bool {
        switch content {
        case .scalar(let scalar): scalar.isNull || scalar.text.isEmpty
        case .mapping, .sequence: false
        }
    }

    /// `'abc'`, `a list`: what an error says was found.
    var found: String {
        switch content {
        case .scalar(let scalar) where scalar.isNull: "nothing"
        case .scalar(let scalar): Self.quote(scalar.text)
        case .mapping: "a mapping"
        case .sequence: "a list"
        }
    }

    /// Quoted and, so that a message stays one line, cut and without control characters.
    static func quote(_ text: String) -> String {
        var shown = String.UnicodeScalarView()
        for scalar in text.unicodeScalars.prefix(60) {
            shown.append(scalar.value < 0x20 || scalar.value == 0x7F ? "\u{FFFD}" : scalar)
        }
        return "'\(String(shown))\(text.unicodeScalars.count > 60 ? "…" : "")'"
    }

    func member(_ key: String) -> Node? {
        guard case .mapping(let members) = content else { return nil }
        return members.first { $0.key == key }?.value
    }

    var members: [Member] {
        guard case .mapping(let members) = content else { return [] }
        return members
    }
}
