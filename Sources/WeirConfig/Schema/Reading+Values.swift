extension Reading {
    /// The value of a scalar; nil, with a report, where it is not of that type.
    mutating func value<Value>(of node: Node, _ type: ValueType<Value>) -> Value? {
        guard !isSpoiled(node) else { return nil }
        guard case .scalar(let scalar) = node.content, !scalar.isNull else {
            report("expected \(type.expected), found \(node.found)", at: node.place)
            return nil
        }
        do throws(ValueError) {
            return try type.parse(scalar.text)
        } catch {
            report(type.message(for: error, found: scalar.text), at: node.place)
            return nil
        }
    }

    /// The items of a list, or the one that stands without brackets. An item that a variable left empty is not there.
    mutating func items(of node: Node) -> [Node] {
        switch node.content {
        case .sequence(let items):
            items.filter { item in
                guard case .scalar(let scalar) = item.content else { return true }
                return !(scalar.text.isEmpty && scalar.hasEmptyVariable)
            }
        case .scalar, .mapping: [node]
        }
    }

    /// The members of a mapping with names of the user's choosing.
    mutating func members(of node: Node, what: String) -> [Node.Member] {
        guard case .mapping(let members) = node.content else {
            report("expected a mapping of \(what), found \(node.found)", at: node.place)
            return []
        }
        return members
    }

    mutating func refuseUnknown(_ members: [Node.Member], known: [String], later: [String]) {
        for member in members where !known.contains(member.key) {
            if later.contains(member.key) {
                report("'\(member.key)' is not available in this version", at: member.keyPlace)
            } else {
                let hint = Spelling.nearest(to: member.key, among: known).map { "; did you mean '\($0)'?" } ?? ""
                report("unknown key \(Node.quote(member.key))\(hint)", at: member.keyPlace)
            }
        }
    }
}
