/// The keys that one mapping of the configuration may have, in the order in which they are read and described.
struct Section<Root: Sendable>: Sendable {
    let keys: [Key<Root>]
    /// Keys of the contract that this version does not have.
    var later: [String] = []

    /// Reads every key that `node` has into `root`; what it does not have keeps its value.
    func read(_ node: Node, into root: inout Root, _ reading: inout Reading) {
        guard case .mapping(let members) = node.content else {
            if !node.isUnset {
                reading.report("expected a mapping of keys to values, found \(node.found)", at: node.place)
            }
            return
        }
        reading.refuseUnknown(members, known: keys.map(\.name), later: later)
        for key in keys {
            let value = members.first { $0.key == key.name }?.value
            if let value, !value.isUnset {
                key.read(value, &root, &reading)
            } else if key.isRequired, value.map(reading.isSpoiled) != true {
                reading.report("missing '\(key.name)'", at: value?.place ?? node.place)
            }
        }
    }

    /// - Parameter defaults: settings as they are when nothing is read into them.
    func outlines(_ defaults: Root) -> [Outline] {
        keys.map { $0.outline(defaults) }
    }
}
