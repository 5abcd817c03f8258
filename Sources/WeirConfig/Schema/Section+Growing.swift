import NIOCore

extension Section {
    /// Reads a section in which one time grows up to another. Where only the first is given, and is longer than the
    /// other's default, the other is as long.
    func read(
        _ node: Node,
        into root: inout Root,
        growing first: (name: String, path: WritableKeyPath<Root, TimeAmount>),
        upTo most: (name: String, path: WritableKeyPath<Root, TimeAmount>),
        _ reading: inout Reading
    ) {
        let before = root
        read(node, into: &root, &reading)
        guard root[keyPath: first.path] > root[keyPath: most.path] else { return }
        func given(_ name: String) -> Node? { node.member(name).flatMap { $0.isUnset ? nil : $0 } }
        guard let ceiling = given(most.name) else {
            if given(first.name) != nil { root[keyPath: most.path] = root[keyPath: first.path] }
            return
        }
        guard given(first.name) != nil || root[keyPath: most.path] != before[keyPath: most.path] else { return }
        let shown = DurationUnit.format(root[keyPath: first.path])
        reading.report("'\(most.name)' is shorter than '\(first.name)' (\(shown))", at: ceiling.place)
    }
}
