import Yams

/// Turns the text of a configuration into nodes and finds what is wrong with it as YAML.
///
/// Of YAML, a configuration is mappings with plain keys, lists and scalars. Anchors, aliases, merge keys, tags and
/// further documents are refused: they would let one place of the file mean another.
struct DocumentReader {
    /// Bytes of a file; far more than any configuration, little enough to read at once.
    static let maximumSize = 1 << 20

    private var reading: Reading
    private let composition: Composition

    /// - Returns: the root, or nil where the file is empty or cannot be read any further.
    static func read(_ text: String, _ reading: inout Reading) -> Node? {
        guard text.utf8.count <= maximumSize else {
            reading.report("the file is larger than 1MiB", at: .start)
            return nil
        }
        let composition = Composition.compose(text)
        if let failure = composition.failure {
            reading.report(failure.message, at: failure.place)
        }
        guard let root = composition.root else {
            for (place, key) in composition.renamed { reading.report("duplicate key '\(key)'", at: place) }
            return nil
        }
        var reader = DocumentReader(reading: reading, composition: composition)
        let node = reader.convert(root)
        reading = reader.reading
        return node.isUnset ? nil : node
    }

    private mutating func convert(_ node: Yams.Node) -> Node {
        let place = place(of: node.mark)
        // An aliased node is a copy of the anchored one, its place included: not looking into either keeps the work
        // within the size of the file.
        guard node.anchor == nil else { return refusal(of: "anchors and aliases", at: place) }
        switch node {
        case .scalar(let scalar):
            return convert(scalar, at: place)
        case .mapping(let mapping):
            refuse(mapping.tag, at: place)
            return Node(.mapping(members(of: mapping)), at: place)
        case .sequence(let sequence):
            refuse(sequence.tag, at: place)
            return Node(.sequence(sequence.map { convert($0) }), at: place)
        case .alias:
            return refusal(of: "anchors and aliases", at: place)
        }
    }

    private mutating func convert(_ scalar: Yams.Node.Scalar, at place: Place) -> Node {
        refuse(scalar.tag, at: place)
        let isNull = scalar.style == .plain && ["", "~", "null", "Null", "NULL"].contains(scalar.string)
        return Node(.scalar(Node.Scalar(text: isNull ? "" : scalar.string, isNull: isNull)), at: place)
    }

    private mutating func members(of mapping: Yams.Node.Mapping) -> [Node.Member] {
        var members: [Node.Member] = []
        var seen: [String: Place] = [:]
        for (key, value) in mapping {
            let place = place(of: key.mark)
            guard case .scalar(let scalar) = key, key.anchor == nil else {
                reading.report("expected a key, found a list, a mapping or an anchor", at: place)
                continue
            }
            let name = composition.renamed[place] ?? scalar.string
            if name == "<<" {
                reading.report("merge keys ('<<') are not supported", at: place)
            } else if let first = seen[name] {
                reading.report("duplicate key \(Node.quote(name)), first given at \(first.reference)", at: place)
            } else {
                seen[name] = place
                members.append(Node.Member(key: name, keyPlace: place, value: convert(value)))
            }
        }
        return members
    }

    /// What stands in for a node that is not looked at.
    private mutating func refusal(of what: String, at place: Place) -> Node {
        reading.report("\(what) are not supported", at: place)
        reading.spoiled.insert(place)
        return Node(.scalar(Node.Scalar(text: "", isNull: true)), at: place)
    }

    private mutating func refuse(_ tag: Tag, at place: Place) {
        let name = tag.description
        guard name.hasPrefix("!"), name != "!" else { return }
        reading.report("tags such as \(Node.quote(name)) are not supported", at: place)
    }

    private func place(of mark: Mark?) -> Place {
        mark.map { .file(line: $0.line, column: $0.column) } ?? .start
    }
}
