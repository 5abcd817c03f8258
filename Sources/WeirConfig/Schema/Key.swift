/// One key of a section: its name, what it may hold, where that goes and what it means. The default is whatever the
/// settings are before they are read into.
struct Key<Root: Sendable>: Sendable {
    let name: String
    var isRequired = false
    /// Its description, given settings that hold the defaults.
    let outline: @Sendable (Root) -> Outline
    /// Reads a node that is there and not empty.
    let read: @Sendable (Node, inout Root, inout Reading) -> Void
}

extension Key {
    /// One value.
    init<Value>(
        _ name: String,
        _ type: ValueType<Value>,
        _ path: any WritableKeyPath<Root, Value> & Sendable,
        fallback: String? = nil,
        required: Bool = false,
        _ summary: String
    ) {
        self.init(
            name: name,
            isRequired: required,
            outline: { root in
                Outline(
                    name: name,
                    type: type.name,
                    measure: type.measure,
                    fallback: required ? "required" : fallback ?? type.format(root[keyPath: path]),
                    summary: summary
                )
            },
            read: { node, root, reading in
                if let value = reading.value(of: node, type) { root[keyPath: path] = value }
            }
        )
    }

    /// One value that may be missing.
    init<Value>(
        _ name: String,
        _ type: ValueType<Value>,
        optional path: any WritableKeyPath<Root, Value?> & Sendable,
        fallback: String = "none",
        _ summary: String
    ) {
        self.init(
            name: name,
            outline: { root in
                let value = root[keyPath: path].map(type.format)
                return Outline(
                    name: name,
                    type: type.name,
                    measure: type.measure,
                    fallback: value ?? fallback,
                    summary: summary
                )
            },
            read: { node, root, reading in
                if let value = reading.value(of: node, type) { root[keyPath: path] = value }
            }
        )
    }

    /// Several values, or one without brackets.
    init<Value>(
        _ name: String,
        listOf type: ValueType<Value>,
        _ path: any WritableKeyPath<Root, [Value]> & Sendable,
        fallback: String = "none",
        _ summary: String
    ) {
        self.init(
            name: name,
            outline: { root in
                let values = root[keyPath: path].map(type.format).joined(separator: ", ")
                return Outline(
                    name: name,
                    type: "list of \(type.name)",
                    fallback: values.isEmpty ? fallback : "[\(values)]",
                    summary: summary,
                    shape: .list
                )
            },
            read: { node, root, reading in
                root[keyPath: path] = reading.items(of: node).compactMap { reading.value(of: $0, type) }
            }
        )
    }

    /// A section of its own.
    init<Value: Sendable>(
        _ name: String,
        _ section: Section<Value>,
        _ path: any WritableKeyPath<Root, Value> & Sendable,
        _ summary: String
    ) {
        self.init(
            name: name,
            outline: { root in
                Outline(
                    name: name,
                    type: "mapping",
                    fallback: "",
                    summary: summary,
                    shape: .section(section.outlines(root[keyPath: path]), later: section.later)
                )
            },
            read: { node, root, reading in
                var value = root[keyPath: path]
                section.read(node, into: &value, &reading)
                root[keyPath: path] = value
            }
        )
    }
}
