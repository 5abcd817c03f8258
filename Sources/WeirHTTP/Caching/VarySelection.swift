/// The selecting fields of a stored response and what they were in the request that fetched it (RFC 9111 §4.1).
package struct VarySelection: Sendable, Equatable {
    private struct Field: Sendable, Equatable {
        /// In lower case; `*` never gets this far.
        let name: String
        /// What it is, so that matching recognises nothing again.
        let known: FieldName
        /// Normalised; nil where the field was absent.
        let value: [UInt8]?
    }

    /// By their names, each once.
    private let fields: [Field]

    /// Selects on nothing: every request matches.
    package static let none = VarySelection(names: [], values: [])

    /// - Parameters:
    ///   - names: in lower case, sorted, each once.
    ///   - values: the normalised one for each name; nil where the field was absent.
    package init(names: [String], values: [[UInt8]?]) {
        precondition(names.count == values.count, "Cannot select on a field without its value")
        fields = zip(names, values).map { Field(name: $0, known: FieldName.recognise($0), value: $1) }
    }

    /// Whether it answers every request to its URL.
    package var isEmpty: Bool { fields.isEmpty }

    package var names: [String] { fields.map(\.name) }
    package var values: [[UInt8]?] { fields.map(\.value) }

    /// What `response` selects on, as `request` has it.
    /// - Parameters:
    ///   - ignoring: fields that Weir itself negotiates, so that they select nothing here.
    ///   - withheld: fields that do not go upstream as the request has them.
    /// - Returns: nil where no other request can match: a `*`, a name that no field can have, or one that is withheld.
    package static func make(
        response: FieldSection,
        request: FieldSection,
        ignoring: FieldNameSet,
        withholding withheld: FieldNameSet = []
    ) -> VarySelection? {
        guard let names = names(of: response, ignoring: ignoring, withholding: withheld) else { return nil }
        return names.isEmpty ? VarySelection.none : make(names: names, request: request)
    }

    /// What `request` has of these fields.
    /// - Parameter names: lower-case, sorted, each once.
    package static func make(names: [String], request: FieldSection) -> VarySelection {
        VarySelection(
            names: names,
            values: names.map { normalised($0, FieldName.recognise($0), of: request) }
        )
    }

    /// Whether the response may answer `request`: each selecting field is as it was, absent where it was absent.
    package func matches(_ request: FieldSection) -> Bool {
        for field in fields where !Self.matches(field, request) { return false }
        return true
    }

    private static func matches(_ field: Field, _ request: FieldSection) -> Bool {
        var count = 0
        var only: FieldLine?
        for line in request.lines where Self.is(line, field.name, field.known, of: request) {
            count += 1
            only = line
        }
        guard let value = field.value, let only else { return (field.value == nil) == (count == 0) }
        if count == 1 {
            if request.withValueBytes(of: only, { $0.equals(value.span) }) { return true }
            if !lists.contains(field.known) { return false }
        }
        return normalised(field.name, field.known, of: request) == value
    }

    // MARK: Names and values

    /// The members of every `Vary` line, in lower case, sorted, each once; nil where one is `*`, not a token, or withheld.
    static func names(
        of response: FieldSection,
        ignoring: FieldNameSet,
        withholding withheld: FieldNameSet = []
    ) -> [String]? {
        var names: Set<String> = []
        for line in response.lines where line.name == .vary {
            let isUsable = response.withValueBytes(of: line) { value in
                var members = ListScanner()
                while let member = members.next(in: value) {
                    let name = value.extracting(member)
                    guard name.isToken, !name.equalsIgnoringCase("*") else { return false }
                    let known = FieldName.recognise(name)
                    if known != .other, withheld.contains(known) { return false }
                    if known == .other || !ignoring.contains(known) { names.insert(name.lowercasedString) }
                }
                return true
            }
            guard isUsable else { return nil }
        }
        return names.sorted()
    }

    /// Fields whose values are lists, so that white space around their commas means nothing (RFC 9111 §4.1).
    private static let lists: FieldNameSet = [
        .accept, .acceptCharset, .acceptEncoding, .acceptLanguage, .cacheControl, .forwarded, .pragma, .te, .via,
        .xForwardedFor,
    ]

    /// All lines of the field joined by `, `; in a list its members are, whatever stood between them, and languages in
    /// lower case (RFC 9110 §8.5.1).
    private static func normalised(_ name: String, _ known: FieldName, of request: FieldSection) -> [UInt8]? {
        let isList = lists.contains(known)
        var isPresent = false
        var parts: [[UInt8]] = []
        for line in request.lines where Self.is(line, name, known, of: request) {
            isPresent = true
            request.withValueBytes(of: line) { text in
                guard isList else { return parts.append(text.array) }
                var members = ListScanner()
                while let member = members.next(in: text) { parts.append(text.extracting(member).array) }
            }
        }
        guard isPresent else { return nil }
        let value = Array(parts.joined(separator: ", ".utf8))
        return known == .acceptLanguage ? value.map(ASCII.lowercased) : value
    }

    private static func `is`(_ line: FieldLine, _ name: String, _ known: FieldName, of request: FieldSection) -> Bool {
        line.name == known
            && (known != .other || request.withNameBytes(of: line) { $0.equalsIgnoringCase(lowercase: name) })
    }
}
