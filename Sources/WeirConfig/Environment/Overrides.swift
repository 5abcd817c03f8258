/// The environment variables that stand in for values of the file: `WEIR_CACHE_MEMORY` for `cache.memory`.
///
/// A name is the key's path in capitals, joined by `_`, with `_` for what a variable's name cannot hold. Every value
/// of a fixed path has one; below a mapping with names of the user's choosing, the names are those in the file. Items
/// of a list have none, so routes cannot be overridden. A list of values is given with commas. A mapping in whose place a
/// value may stand has one for that value.
struct Overrides {
    static let prefix = "WEIR_"
    /// Read by other parts of Weir and by its build.
    static let exempt: Set<String> = ["WEIR_CONFIG", "WEIR_WARM_AUTHORIZATION", "WEIR_WARNINGS_AS_ERRORS"]

    enum Kind { case scalar, list, later }

    struct Target {
        var path: [String]
        var kind: Kind
    }

    /// Mappings in whose place a value may stand, which is that of one of their keys.
    private var shorthands: [(path: [String], key: String)] = []
    /// By the variables' names. Two keys can have one name: `my-app` and `my_app`.
    private(set) var targets: [String: [Target]] = [:]

    init(of outlines: [Outline], later: [String], in root: Node) {
        add(outlines, later: later, at: [], node: root)
    }

    static func variable(for path: [String]) -> String {
        prefix
            + path.map { key in
                String(key.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? Character($0.uppercased()) : "_" })
            }.joined(separator: "_")
    }

    private mutating func add(_ outlines: [Outline], later: [String], at path: [String], node: Node?) {
        for name in later { add(Target(path: path + [name], kind: .later)) }
        for outline in outlines {
            let path = path + [outline.name]
            let node = node?.member(outline.name)
            switch outline.shape {
            case .scalar: add(Target(path: path, kind: .scalar))
            case .list, .listOrElements: add(Target(path: path, kind: .list))
            case .section(let outlines, let later): add(outlines, later: later, at: path, node: node)
            case .shorthand(let key, let outlines):
                shorthands.append((path, key))
                add(Target(path: path + [key], kind: .scalar), named: path)
                add(outlines, later: [], at: path, node: node)
            case .choices(let names, let outlines):
                for name in names { add(outlines, later: [], at: path.dropLast() + [name], node: nil) }
            case .named(let outlines, let later):
                for member in node?.members ?? [] {
                    add(outlines, later: later, at: path + [member.key], node: member.value)
                }
            case .values:
                for member in node?.members ?? [] { add(Target(path: path + [member.key], kind: .scalar)) }
            case .elements: break
            }
        }
    }

    private mutating func add(_ target: Target, named path: [String]? = nil) {
        targets[Self.variable(for: path ?? target.path), default: []].append(target)
    }

    /// Puts the values of the environment's variables into the tree; an empty one overrides nothing. A value in place of
    /// a mapping is put under its key first, so that the mapping's other keys have a place.
    ///
    /// - Parameter exempt: names that the file refers to by `${NAME}`; they need not be those of keys.
    func apply(_ environment: [String: String], exempt: Set<String>, to root: inout Node, _ reading: inout Reading) {
        for (path, key) in shorthands { root.spellOut(key, at: path[...]) }
        for (name, value) in environment.sorted(by: { $0.key < $1.key }) where name.hasPrefix(Self.prefix) {
            let place = Place.variable(name)
            let found = targets[name] ?? []
            guard let target = found.first else {
                if exempt.contains(name) || Self.exempt.contains(name) { continue }
                if ServiceLink.isOne(name, value: value) { continue }
                let hint = Spelling.nearest(to: name, among: targets.keys).map { "; did you mean '\($0)'?" } ?? ""
                reading.report("no setting has this name\(hint)", at: place)
                continue
            }
            guard !value.isEmpty else { continue }
            guard found.count == 1 else {
                let paths = found.map { "'\($0.path.joined(separator: "."))'" }.joined(separator: " and ")
                reading.report("this is the name of both \(paths): set them in the file", at: place)
                continue
            }
            switch target.kind {
            case .later:
                reading.report("'\(target.path.joined(separator: "."))' is not available in this version", at: place)
            case .scalar:
                root.set(Node(.scalar(Node.Scalar(text: value)), at: place), at: target.path[...])
            case .list:
                let items = value.split(separator: ",").map { item in
                    let text = item.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()
                    return Node(.scalar(Node.Scalar(text: String(text))), at: place)
                }
                root.set(Node(.sequence(items), at: place), at: target.path[...])
            }
        }
    }
}

extension Node {
    /// Makes `path: value` into `path: {key: value}`.
    fileprivate mutating func spellOut(_ key: String, at path: ArraySlice<String>) {
        guard let name = path.first else {
            guard case .scalar = content, !isUnset else { return }
            content = .mapping([Member(key: key, keyPlace: place, value: self)])
            return
        }
        guard case .mapping(var members) = content, let index = members.firstIndex(where: { $0.key == name }) else {
            return
        }
        members[index].value.spellOut(key, at: path.dropFirst())
        content = .mapping(members)
    }

    /// Replaces what stands at `path`, adding the mappings that lead there. Where the file has something else than a
    /// mapping on the way, that is its mistake, and nothing is changed.
    fileprivate mutating func set(_ value: Node, at path: ArraySlice<String>) {
        guard let key = path.first else {
            self = value
            return
        }
        if isUnset { content = .mapping([]) }
        guard case .mapping(var members) = content else { return }
        if let index = members.firstIndex(where: { $0.key == key }) {
            members[index].value.set(value, at: path.dropFirst())
        } else {
            var node = Node(.mapping([]), at: value.place)
            node.set(value, at: path.dropFirst())
            members.append(Member(key: key, keyPlace: value.place, value: node))
        }
        content = .mapping(members)
    }
}
