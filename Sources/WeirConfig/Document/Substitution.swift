/// `${NAME}` and `${NAME:-default}` in values, after the shell: the default stands in for a variable that is unset or
/// empty. `$${` is a plain `${`; any other `$` is itself. What is put in is not looked at again.
struct Substitution {
    enum Failure: Error, Equatable {
        case unset(String)
        /// The text from `${` on.
        case malformed(String)
    }

    let environment: [String: String]
    /// Names that some value refers to.
    private(set) var names: Set<String> = []

    init(environment: [String: String]) {
        self.environment = environment
    }

    /// The names that the file refers to, also where an override stands in for the value.
    mutating func collectNames(in node: Node) {
        switch node.content {
        case .scalar(let scalar): _ = try? expand(scalar)
        case .mapping(let members): for member in members { collectNames(in: member.value) }
        case .sequence(let items): for item in items { collectNames(in: item) }
        }
    }

    /// Every scalar of the file in its final form; an override is taken as it is. A value that fails is reported and
    /// left empty.
    mutating func apply(to node: inout Node, _ reading: inout Reading) {
        switch node.content {
        case .scalar(let scalar):
            guard case .file = node.place else { return }
            do throws(Failure) {
                node.content = .scalar(try expand(scalar))
            } catch {
                reading.report(error.message, at: node.place)
                reading.spoiled.insert(node.place)
                node.content = .scalar(Node.Scalar(text: ""))
            }
        case .mapping(var members):
            for index in members.indices { apply(to: &members[index].value, &reading) }
            node.content = .mapping(members)
        case .sequence(var items):
            for index in items.indices { apply(to: &items[index], &reading) }
            node.content = .sequence(items)
        }
    }

    mutating func expand(_ scalar: Node.Scalar) throws(Failure) -> Node.Scalar {
        guard scalar.text.contains("${") else { return scalar }
        var result = scalar
        result.text = ""
        var rest = Substring(scalar.text)
        while let dollar = rest.firstIndex(of: "$") {
            result.text += rest[..<dollar]
            rest = rest[dollar...]
            if rest.hasPrefix("$${") {
                result.text += "${"
                rest = rest.dropFirst(3)
            } else if rest.hasPrefix("${") {
                let value = try reference(&rest)
                result.hasEmptyVariable = result.hasEmptyVariable || value.isEmpty
                result.text += value
            } else {
                result.text += "$"
                rest = rest.dropFirst()
            }
        }
        result.text += rest
        return result
    }

    /// Takes one `${…}` from the front of `text`.
    private mutating func reference(_ text: inout Substring) throws(Failure) -> String {
        guard let end = text.firstIndex(of: "}") else { throw .malformed(String(text)) }
        let whole = text[...end]
        let inner = whole.dropFirst(2).dropLast()
        text = text[text.index(after: end)...]

        let name = String(inner.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") })
        let rest = inner.dropFirst(name.count)
        guard let first = name.first, !first.isNumber, rest.isEmpty || rest.hasPrefix(":-") else {
            throw .malformed(String(whole))
        }
        names.insert(name)
        if let value = environment[name], rest.isEmpty || !value.isEmpty { return value }
        guard !rest.isEmpty else { throw .unset(name) }
        return String(rest.dropFirst(2))
    }
}

extension Substitution.Failure {
    var message: String {
        switch self {
        case .unset(let name):
            "the environment variable '\(name)' is not set; set it, or write ${\(name):-default}"
        case .malformed(let text):
            "expected ${NAME} or ${NAME:-default}, found \(Node.quote(text)); a plain '${' is written '$${'"
        }
    }
}
